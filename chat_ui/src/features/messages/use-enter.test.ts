import { beforeEach, expect, test, vi } from "vitest";
import { listen } from "./use-enter";

const send = vi.fn();
let field: HTMLTextAreaElement;

beforeEach(() => {
  vi.useFakeTimers();
  send.mockReset();
  field = document.createElement("textarea");
  listen(field, () => send(field.value));
});

/** What a browser does on Enter: the key, then, unless the input method took it, the line break. */
function press({ shift = false, taken = false } = {}): boolean {
  const keyCode = taken ? 229 : 13;
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing: taken, shiftKey: shift }));
  return taken || breakLine();
}

/** Returns whether the field would insert the line break. */
function breakLine(): boolean {
  return field.dispatchEvent(new InputEvent("beforeinput", { inputType: "insertLineBreak", cancelable: true }));
}

function compose(text: string): void {
  field.dispatchEvent(new CompositionEvent("compositionstart"));
  field.value = text;
}

function commit(): void {
  field.dispatchEvent(new CompositionEvent("compositionend"));
}

test("Enter sends and inserts nothing", () => {
  field.value = "hello";
  expect(press()).toBe(false);
  expect(send.mock.calls).toEqual([["hello"]]);
});

test("Shift+Enter inserts a line", () => {
  expect(press({ shift: true })).toBe(true);
  expect(send).not.toHaveBeenCalled();
});

test("on Windows the Enter that completes a syllable is also the one that sends", () => {
  compose("안녕");
  press({ taken: true });
  commit();
  breakLine();
  vi.runAllTimers();
  expect(send.mock.calls).toEqual([["안녕"]]);
});

test("on macOS the Enter that completes a syllable is followed by the one that sends", () => {
  compose("안녕");
  press({ taken: true });
  commit();
  press();
  vi.runAllTimers();
  expect(send.mock.calls).toEqual([["안녕"]]);
});

test("on Android, where the line break comes while composing, the syllable is completed first", () => {
  compose("안ㄴ");
  expect(breakLine()).toBe(false);
  expect(send).not.toHaveBeenCalled();
  field.value = "안녕";
  commit();
  vi.runAllTimers();
  expect(send.mock.calls).toEqual([["안녕"]]);
});

test("an Enter that only chooses a candidate, as for Japanese, sends nothing", () => {
  compose("日本");
  press({ taken: true });
  commit();
  vi.runAllTimers();
  expect(send).not.toHaveBeenCalled();
});
