import { expect, test } from "vitest";
import { Heights, type RowWindow, windowAround } from "./row-window";

const NOTHING: RowWindow = { start: 0, end: 0, top: 0 };
const high = (pixels: number) => () => pixels;

test("as many rows are drawn as cover what is wanted, and no more", () => {
  const drawn = windowAround({ place: 500, count: 1_000, above: 100, below: 300, height: high(50) }, NOTHING);
  expect(drawn).toEqual({ start: 498, end: 506, top: 498 * 50 });
});

test("at the beginning there is no space above, and at the end no row is missing", () => {
  const first = windowAround({ place: 1, count: 1_000, above: 100, below: 100, height: high(50) }, NOTHING);
  expect(first).toMatchObject({ start: 0, top: 0 });
  const last = windowAround({ place: 999, count: 1_000, above: 100, below: 900, height: high(50) }, NOTHING);
  expect(last).toMatchObject({ start: 997, end: 1_000 });
});

test("rows that leave above leave a space of their own height, and give it back", () => {
  const height = (place: number) => (place % 2 ? 200 : 20);
  const before = { start: 10, end: 30, top: 1_000 };
  const down = windowAround({ place: 14, count: 100, above: 1, below: 500, height }, before);
  expect(down).toMatchObject({ start: 13, top: 1_000 + 20 + 200 + 20 });
  const up = windowAround({ place: 11, count: 100, above: 1, below: 500, height }, down);
  expect(up).toMatchObject({ start: 10, top: 1_000 });
});

test("a row that was not drawn yet is taken to be of the average height", () => {
  const heights = new Heights();
  heights.note("a", 100);
  heights.note("b", 50);
  heights.note("a", 30);
  expect([heights.of("a"), heights.of("b"), heights.of("c")]).toEqual([30, 50, 40]);
  heights.clear();
  expect(heights.of("a")).toBe(heights.average);
});
