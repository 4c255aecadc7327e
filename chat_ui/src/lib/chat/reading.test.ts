import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/lib/api";
import { ME, room } from "@/testing/events";
import { markRead } from "./reading";
import * as socket from "./socket";
import { putTimeline, resetChat, setLink } from "./store";
import { startTimeline } from "./timeline";

beforeEach(() => {
  vi.useFakeTimers();
  resetChat(ME);
  putTimeline("room", startTimeline(room({ head: 3, unread: 3 })));
  setLink("online");
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["not_a_member", false, 1],
  ["unavailable", true, 4],
] as const)("after %s the mark is sent again only where that may help", async (code, retryable, times) => {
  const ask = vi.spyOn(socket, "ask").mockRejectedValue(new ApiError({ code, message: "", retryable }));
  markRead("room");
  await vi.advanceTimersByTimeAsync(7_000);
  expect(ask).toHaveBeenCalledTimes(times);
});
