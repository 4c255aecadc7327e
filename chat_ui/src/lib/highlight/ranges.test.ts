import { expect, test } from "vitest";
import { findRanges } from "./ranges";

const coloured = (code: string, language: string) =>
  findRanges(code, language).map(([start, end, colour]) => `${colour}: ${code.slice(start, end)}`);

test("what stands where in code is told in order, without HTML", () => {
  expect(coloured('return ack("<b>", 3)  # why', "python")).toEqual([
    "keyword: return",
    "call: ack",
    'string: "<b>"',
    "string: 3",
    "comment: # why",
  ]);
  expect(coloured("fn main() { let x = 1; }", "rs")).toContain("call: main");
  expect(coloured("SELECT a FROM b", "sql")).toEqual(["keyword: SELECT", "keyword: FROM"]);
});

test("a language within another is coloured in its place", () => {
  expect(coloured("<p><script>let a = 1</script>", "html")).toContain("keyword: let");
});

test("a language that is not known has no colours", () => {
  expect(findRanges("let a", "klingon")).toEqual([]);
});
