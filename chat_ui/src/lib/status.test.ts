import { expect, test } from "vitest";
import { endOf, statusAt } from "./status";

const FRIDAY = new Date(2026, 10, 27, 22, 15);

test("a status is over at its end, and an empty one is none", () => {
  const until = new Date(2026, 10, 27, 22, 30).toISOString();
  const status = { emoji: "🌴", until };
  expect(statusAt({ status }, FRIDAY)).toBe(status);
  expect(statusAt({ status }, new Date(until))).toBeNull();
  expect(statusAt({ status: {} }, FRIDAY)).toBeNull();
  expect(statusAt({ status: null }, FRIDAY)).toBeNull();
});

test("a day ends at midnight and a week after Sunday", () => {
  expect(endOf("half_hour", FRIDAY)).toEqual(new Date(2026, 10, 27, 22, 45));
  expect(endOf("today", FRIDAY)).toEqual(new Date(2026, 10, 28));
  expect(endOf("week", FRIDAY)).toEqual(new Date(2026, 10, 30));
  expect(endOf("week", new Date(2026, 10, 29, 9))).toEqual(new Date(2026, 10, 30));
  expect(endOf("never", FRIDAY)).toBeNull();
});
