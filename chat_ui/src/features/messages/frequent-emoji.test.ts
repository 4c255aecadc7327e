import { beforeEach, expect, test } from "vitest";
import { countEmoji, frequentEmoji } from "./frequent-emoji";

beforeEach(() => localStorage.clear());

test("a newcomer is offered what most people use", () => {
  expect(frequentEmoji("me")).toEqual(["✅", "👀", "🙏"]);
});

test("what one puts most comes first", () => {
  for (const emoji of ["🎉", "🍵", "🍵"]) countEmoji("me", emoji);
  expect(frequentEmoji("me")).toEqual(["🍵", "🎉", "✅"]);
  expect(frequentEmoji("somebody else")).toEqual(["✅", "👀", "🙏"]);
});

test("a broken store counts as an empty one", () => {
  localStorage.setItem("chatflow.emoji.me", "{");
  expect(frequentEmoji("me")).toEqual(["✅", "👀", "🙏"]);
  localStorage.setItem("chatflow.emoji.me", '{"🎉": "often"}');
  expect(frequentEmoji("me")).toEqual(["✅", "👀", "🙏"]);
});
