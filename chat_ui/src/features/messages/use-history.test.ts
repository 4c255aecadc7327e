import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/lib/api";
import * as history from "@/lib/chat/history";
import { MessageRun } from "@/lib/chat/message-run";
import { resetChat, setLink } from "@/lib/chat/store";
import { part } from "@/lib/chat/threads";
import { startTimeline } from "@/lib/chat/timeline";
import { ME, message, room } from "@/testing/events";
import { useHistory } from "./use-history";

const NEAR_FIRST = { to_first: 0, to_last: 9_000, moved: 0 };
const messages = MessageRun.of([message(9)]);
const timeline = { ...startTimeline(room({ head: 9 })), messages, parted: part(messages.slice()), has_older: true };
const refusal = new ApiError({ code: "unavailable", message: "", retryable: true });

beforeEach(() => {
  resetChat(ME);
  setLink("online");
});
afterEach(cleanup);

test("a page that failed is asked for again with the next connection", async () => {
  const loadOlder = vi.spyOn(history, "loadOlder").mockRejectedValueOnce(refusal).mockResolvedValue();
  const { result } = renderHook(() => useHistory(timeline, null));
  await act(async () => result.current.onSettled(NEAR_FIRST));
  expect(result.current.failure).not.toBeNull();
  await act(async () => result.current.onSettled(NEAR_FIRST));
  expect(loadOlder).toHaveBeenCalledTimes(1);
  await act(async () => setLink("offline"));
  await act(async () => setLink("online"));
  expect(loadOlder).toHaveBeenCalledTimes(2);
  expect(result.current.failure).toBeNull();
});

test("a jump that failed keeps no page from loading, says so, and is tried again by hand", async () => {
  const loadOlder = vi.spyOn(history, "loadOlder").mockResolvedValue();
  const jump = vi.fn<() => Promise<void>>().mockRejectedValueOnce(refusal).mockResolvedValue();
  const { result } = renderHook(() => useHistory(timeline, null));
  await act(async () => result.current.run(jump));
  await act(async () => result.current.onSettled(NEAR_FIRST));
  expect(loadOlder).toHaveBeenCalledTimes(1);
  expect(result.current.failure).not.toBeNull();
  await act(async () => result.current.retry());
  expect(jump).toHaveBeenCalledTimes(2);
  expect(result.current.failure).toBeNull();
});

test("a fast reader has the next page asked for sooner", async () => {
  const loadOlder = vi.spyOn(history, "loadOlder").mockResolvedValue();
  const { result } = renderHook(() => useHistory(timeline, null));
  const far = { to_first: 4_000, to_last: 9_000 };
  await act(async () => result.current.onSettled({ ...far, moved: 500 }));
  await act(async () => result.current.onSettled({ ...far, moved: -100 }));
  expect(loadOlder).not.toHaveBeenCalled();
  await act(async () => result.current.onSettled({ ...far, moved: -500 }));
  expect(loadOlder).toHaveBeenCalledTimes(1);
});
