import { describe, expect, test } from "vitest";
import { isPressed, keyNames } from "./keys";

const press = (init: KeyboardEventInit) => new KeyboardEvent("keydown", init);

describe("isPressed", () => {
  const switcher = { key: "KeyK", mod: true } as const;

  test("the key counts, not the letter that it types in Korean", () => {
    expect(isPressed(press({ code: "KeyK", key: "ㅏ", ctrlKey: true }), switcher)).toBe(true);
  });

  test.each([
    ["without Ctrl", { code: "KeyK", key: "k" }],
    ["with Shift", { code: "KeyK", key: "K", ctrlKey: true, shiftKey: true }],
    ["with Alt", { code: "KeyK", key: "k", ctrlKey: true, altKey: true }],
    ["with the other one", { code: "KeyK", key: "k", ctrlKey: true, metaKey: true }],
  ])("%s it is another one", (_, init) => {
    expect(isPressed(press(init), switcher)).toBe(false);
  });

  test("a sign counts wherever the layout has it", () => {
    expect(isPressed(press({ code: "Minus", key: "?", shiftKey: true }), { key: "?" })).toBe(true);
  });
});

test("keys are named in the order that one presses them", () => {
  expect(keyNames({ key: "ArrowUp", alt: true, shift: true })).toEqual(["Alt", "Shift", "↑"]);
});
