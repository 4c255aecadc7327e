import { expect, test } from "vitest";
import { oneLine } from "@/lib/one-line";

test("code and line breaks become one line of words", () => {
  expect(oneLine("See `this`:\n```python\nprint(1)\n```")).toBe("See this: print(1)");
});

test.each([
  ["**bold**, *leaning* and ~~gone~~", "bold, leaning and gone"],
  ["[the plan](https://a.example/b_c) and https://www.a.example/x_y", "the plan and https://www.a.example/x_y"],
  ["# Title\n> quoted\n> twice", "Title quoted twice"],
  ["- milk\n- **eggs**\n\n1. first\n2. second", "milk, eggs first, second"],
  ["| a | b |\n|---|---|\n| 1 | 2 |", "a b, 1 2"],
  ["5 * 3 = 15, snake_case and #general", "5 * 3 = 15, snake_case and #general"],
  ["\\*kept\\*, :tada: and <@all>", "*kept*, :tada: and @all"],
  ["**굵게**는 2026. 11. 27. 회의", "굵게는 2026. 11. 27. 회의"],
])("%j is read without its marks", (text, words) => {
  expect(oneLine(text)).toBe(words);
});

test("a long text costs no more than its beginning", () => {
  expect(oneLine("word ".repeat(100_000)).length).toBeLessThanOrEqual(160);
});
