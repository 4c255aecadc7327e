import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useRanges } from ".";
import type { Answered, Asked } from "./range";

const living = new Set<Stalling>();

/** Stands for the worker: a block that says `stall` is never done, and nothing after it is either. */
class Stalling {
  onmessage: ((message: { data: Answered }) => void) | null = null;
  onerror: (() => void) | null = null;
  private is_stalled = false;

  constructor() {
    living.add(this);
  }

  postMessage({ id, code }: Asked): void {
    this.is_stalled ||= code.includes("stall");
    if (!this.is_stalled) queueMicrotask(() => this.onmessage?.({ data: { id, ranges: [[0, 1, "keyword"]] } }));
  }

  terminate(): void {
    living.delete(this);
    this.is_stalled = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", Stalling);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const colour = (code: string) => renderHook(() => useRanges(code, "python"));

test("a block that holds the worker up stays plain, and those behind it get their colours", async () => {
  const [stalling, behind] = [colour("stall"), colour("behind it")];
  await act(() => vi.advanceTimersByTimeAsync(1900));
  expect(behind.result.current).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(stalling.result.current).toEqual([]);
  expect(behind.result.current).toEqual([[0, 1, "keyword"]]);
  // It is not tried again.
  const again = colour("stall");
  const next = colour("next");
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect([again.result.current, next.result.current]).toEqual([[], [[0, 1, "keyword"]]]);
});

test("a worker that is held up is ended though nobody waits for it any more", async () => {
  const before = living.size;
  colour("stall, and leave").unmount();
  await act(() => vi.advanceTimersByTimeAsync(2100));
  const left = colour("after it");
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(left.result.current).toEqual([[0, 1, "keyword"]]);
  expect(living.size).toBeLessThanOrEqual(Math.max(before, 1));
});
