import { expect, test } from "vitest";
import { parseText } from "./parse-text";

test("the language behind an opening fence is not part of the code", () => {
  expect(parseText("```python\nprint(1)\n```")).toEqual([{ kind: "block", text: "print(1)" }]);
});

test("a fence without a language loses only its own lines", () => {
  expect(parseText("```\n  one\ntwo\n```")).toEqual([{ kind: "block", text: "  one\ntwo" }]);
});

test("a single word between fences is the code", () => {
  expect(parseText("```true```")).toEqual([{ kind: "block", text: "true" }]);
  expect(parseText("```true\n```")).toEqual([{ kind: "block", text: "true" }]);
});

test("a link ends before the full stop of its sentence", () => {
  expect(parseText("see https://example.org/a.")).toEqual([
    { kind: "text", text: "see " },
    { kind: "link", text: "https://example.org/a" },
    { kind: "text", text: "." },
  ]);
});

test("a link loses the bracket that was opened before it, and keeps its own", () => {
  expect(parseText("(https://example.org/a).")[1]).toEqual({ kind: "link", text: "https://example.org/a" });
  expect(parseText("https://example.org/a_(b).")[0]).toEqual({ kind: "link", text: "https://example.org/a_(b)" });
});

test("a link costs no more than in proportion to its length, whatever it ends in", () => {
  const cost = (text: string) => {
    const tries = Array.from({ length: 10 }, () => {
      const begun = performance.now();
      parseText(text);
      return performance.now() - begun;
    });
    return Math.min(...tries);
  };
  for (const trail of [".)", "...x", ")", "(.)."]) {
    const link = (length: number) => `https://${trail.repeat(length / trail.length)}`;
    // By its square the longer one would cost four times as much, and the shorter one seconds; the rest is noise.
    expect(cost(link(200_000))).toBeLessThan(3 * cost(link(100_000)) + 100);
  }
});
