import { expect, test } from "vitest";
import { surplusOf } from "./room-cache";

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
