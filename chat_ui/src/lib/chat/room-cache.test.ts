import { expect, test } from "vitest";
import { created, room, trimmed } from "@/testing/events";
import { mayBeTrimmed, surplusOf, unseenOf } from "./room-cache";
import { startTimeline } from "./timeline";

const histories = new Map([
  ["oldest", 60],
  ["older", 30],
  ["newest", 20],
]);

test("beyond so many rooms the history that changed longest ago goes first", () => {
  expect(surplusOf(histories, { rooms: 2, characters: 1_000 })).toEqual(["oldest"]);
  expect(surplusOf(histories, { rooms: 3, characters: 1_000 })).toEqual([]);
});

test("beyond so many characters as many go as are needed", () => {
  expect(surplusOf(histories, { rooms: 9, characters: 50 })).toEqual(["oldest"]);
  expect(surplusOf(histories, { rooms: 9, characters: 49 })).toEqual(["oldest", "older"]);
});

test("a copy does not outlive what retention took, nor events that nobody remembers", () => {
  const timeline = { ...startTimeline(room({ head: 4 })), recent: [created(3), trimmed(4, 2)] };
  expect(mayBeTrimmed({ position: 3 }, timeline)).toBe(true);
  expect(mayBeTrimmed({ position: 1 }, timeline)).toBe(true);
  expect(mayBeTrimmed({ position: 4 }, timeline)).toBe(false);
  expect(mayBeTrimmed({ position: 2 }, { ...timeline, recent: [created(3), created(4)] })).toBe(false);
});

test("people who were not shown for a month are kept no longer, nor more than so many", () => {
  const day = 24 * 3600 * 1000;
  const seen = new Map([
    ["gone", 1 * day],
    ["old", 20 * day],
    ["new", 39 * day],
  ]);
  expect(unseenOf(seen, { now: 40 * day, most: 9 })).toEqual(["gone"]);
  expect(unseenOf(seen, { now: 40 * day, most: 1 })).toEqual(["old", "gone"]);
});
