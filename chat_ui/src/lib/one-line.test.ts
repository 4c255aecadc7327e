import { expect, test } from "vitest";
import { oneLine } from "@/lib/one-line";

test("code and line breaks become one line of words", () => {
  expect(oneLine("See `this`:\n```python\nprint(1)\n```")).toBe("See this: print(1)");
});

test("a long text costs no more than its beginning", () => {
  expect(oneLine("word ".repeat(100_000)).length).toBeLessThanOrEqual(160);
});
