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
