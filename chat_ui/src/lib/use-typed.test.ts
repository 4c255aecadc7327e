import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countUnsaved } from "./unsaved";
import { useTyped } from "./use-typed";

let kept: string[];

beforeEach(() => {
  kept = [];
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const show = () => renderHook(() => useTyped(kept.at(-1) ?? "22:00", (text) => kept.push(text)));

test("what is typed is kept once, after a pause, and until then the page is not left unasked", () => {
  const { result } = show();
  act(() => result.current.type("00:00"));
  act(() => result.current.type("07:00"));
  act(() => result.current.type("07:03"));
  act(() => result.current.type("07:30"));
  expect(kept).toEqual([]);
  expect(result.current.typed).toBe("07:30");
  expect(countUnsaved()).toBe(1);
  act(() => void vi.runAllTimers());
  expect(kept).toEqual(["07:30"]);
  expect(countUnsaved()).toBe(0);
});

test("who leaves the field keeps it at once, and no second time after the pause", () => {
  const { result } = show();
  act(() => result.current.type("07:30"));
  act(() => {
    result.current.keep();
    result.current.keep();
  });
  expect(kept).toEqual(["07:30"]);
  act(() => void vi.runAllTimers());
  expect(kept).toEqual(["07:30"]);
});

test("who goes elsewhere in the page loses nothing", () => {
  const { result, unmount } = show();
  act(() => result.current.type("07:30"));
  unmount();
  expect(kept).toEqual(["07:30"]);
  expect(countUnsaved()).toBe(0);
});

test("what is half typed, or as it was, is not kept, and the field shows again what is", () => {
  const { result } = show();
  for (const text of ["", "22:00"]) {
    act(() => result.current.type(text));
    expect(result.current.typed).toBe(text);
    act(() => result.current.keep());
    expect(result.current.typed).toBe("22:00");
  }
  expect(kept).toEqual([]);
});
