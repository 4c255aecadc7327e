import { expect, test } from "vitest";
import { quietSpans } from "./night-bar";

test("a night is the two ends of a day, and a span within it is one part", () => {
  expect(quietSpans({ from: "22:00", to: "08:30" })).toEqual([
    [0, 510],
    [1320, 1440],
  ]);
  expect(quietSpans({ from: "12:00", to: "13:00" })).toEqual([[720, 780]]);
});

test("a night that ends at midnight has one part, and what ends when it begins is the whole day", () => {
  expect(quietSpans({ from: "22:00", to: "00:00" })).toEqual([[1320, 1440]]);
  expect(quietSpans({ from: "00:00", to: "00:00" })).toEqual([[0, 1440]]);
  expect(quietSpans({ from: "09:00", to: "09:00" })).toEqual([
    [0, 540],
    [540, 1440],
  ]);
});
