import { expect, test } from "vitest";
import { words } from "./en";

const sources = import.meta.glob<string>(
  ["/src/**/*.{ts,tsx}", "!/src/**/*.test.{ts,tsx}", "!/src/lib/i18n/{en,ko}/*"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);
const source = Object.values(sources).join("\n");
const keys = Object.keys(words).map((key) => key.replace(/_(one|other)$/, ""));

/** What is named as a whole, and what with a part that is put in: there the part may be any word. */
const whole = new Set([...source.matchAll(/"([a-z]+\.[a-z_0-9]+)"/g)].map(([, key]) => key));
const patterns = patternsIn(/`([a-z]+\.[a-z_0-9]*\$\{[^`]+)`/g);

function patternsIn(found: RegExp): RegExp[] {
  return [...source.matchAll(found)].map(
    ([, pattern = ""]) => new RegExp(`^${pattern.replace(".", "\\.").replace(/\$\{[^}]*\}/g, "[a-z_0-9]+")}$`),
  );
}

test("every word is said somewhere", () => {
  const unused = keys.filter((key) => !whole.has(key) && !patterns.some((pattern) => pattern.test(key)));
  expect([...new Set(unused)]).toEqual([]);
});

test("every word that is asked for is there", () => {
  const known = new Set(keys);
  const asked = [...source.matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, key = ""]) => key);
  expect(asked.length).toBeGreaterThan(300);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("every name that is put together for a word fits one", () => {
  const asked = patternsIn(/\bt\(\s*`([^`]+)`/g);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((pattern) => !keys.some((key) => pattern.test(key))).map(String)).toEqual([]);
});
