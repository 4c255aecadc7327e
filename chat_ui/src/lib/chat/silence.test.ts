import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchSilence } from "./silence";

let heard_at = 0;
let stop = () => {};
const probe = vi.fn(async () => {
  heard_at = Date.now();
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  heard_at = Date.now();
  probe.mockClear();
  stop = watchSilence(() => heard_at, probe);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("a connection that was silent for some seconds is asked, and again after as much silence", async () => {
  await vi.advanceTimersByTimeAsync(3_000);
  expect(probe).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(probe).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(probe).toHaveBeenCalledTimes(3);
});

test("nobody asks while something comes", async () => {
  for (let second = 0; second < 20; second += 1) {
    heard_at = Date.now();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(probe).not.toHaveBeenCalled();
});

test("a page that nobody looks at asks nothing", async () => {
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(probe).not.toHaveBeenCalled();
});

test("who moves nothing for a minute costs nothing more, until they are back", async () => {
  await vi.advanceTimersByTimeAsync(60_000);
  probe.mockClear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(probe).not.toHaveBeenCalled();
  window.dispatchEvent(new Event("pointermove"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(probe).toHaveBeenCalledTimes(1);
});
