import { expect, test } from "vitest";
import { type Format, format, formatOfKey } from "./formatting";

/** The text with `[` and `]` around what is selected. */
function apply(kind: Format, marked: string): string {
  const start = marked.indexOf("[");
  const end = marked.indexOf("]") - 1;
  const text = marked.replace("[", "").replace("]", "");
  const change = format(kind, { text, start, end });
  const after = text.slice(0, change.start) + change.insert + text.slice(change.end);
  const [from, to] = change.select;
  return `${after.slice(0, from)}[${after.slice(from, to)}]${after.slice(to)}`;
}

test.each<[Format, string, string]>([
  ["bold", "a [b] c", "a **[b]** c"],
  ["bold", "a **[b]** c", "a [b] c"],
  ["bold", "a [**b**] c", "a [b] c"],
  ["bold", "a[ b ]c", "a **[b]** c"],
  ["italic", "[]", "_[]_"],
  ["strike", "[가]", "~~[가]~~"],
  ["code", "[x]", "`[x]`"],
  ["list", "a\n[b\nc]\nd", "a\n- b\n- c[]\nd"],
  ["list", "- a\n[]- b", "- a\nb[]"],
  ["numbers", "[- a\n- b]", "1. a\n2. b[]"],
  ["quote", "[a]", "> a[]"],
  ["code_block", "a [b] c", "a \n```\n[b]\n```\n c"],
  ["code_block", "[]", "```\n[]\n```"],
])("%s of %j is %j", (kind, before, after) => {
  expect(apply(kind, before)).toBe(after);
});

test("a link asks for what is missing: the address, or the words", () => {
  expect(format("link", { text: "plan", start: 0, end: 4 })).toMatchObject({
    insert: "[plan](https://)",
    select: [7, 15],
  });
  const address = "https://a.example";
  expect(format("link", { text: address, start: 0, end: 17 })).toMatchObject({
    insert: `[](${address})`,
    select: [1, 1],
  });
});

test("keys are meant by their place, as a Hangul layout has other letters on them", () => {
  const key = { code: "KeyB", ctrlKey: true, metaKey: false, shiftKey: false, altKey: false };
  expect(formatOfKey(key)).toBe("bold");
  expect(formatOfKey({ ...key, code: "KeyX", shiftKey: true })).toBe("strike");
  expect(formatOfKey({ ...key, ctrlKey: false })).toBeNull();
  expect(formatOfKey({ ...key, code: "KeyX" })).toBeNull();
});
