import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ME, room, user } from "@/testing/events";

// As where the page was just opened: what is imported here is fresh for each test.
beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  history.replaceState(null, "", "/");
  localStorage.setItem(`chatflow.last_room.${ME}`, "quiet");
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  localStorage.clear();
});

test("who comes back waits a moment for the server to say where one is called", async () => {
  const { useChat, placeRooms, startTimeline } = await open();
  expect(location.pathname).toBe("/");
  act(() => {
    placeRooms([{ timeline: startTimeline(room({ id: "busy", mentions: 1, unread: 1 })), rank: 2 }]);
    useChat.setState({ loaded: true });
  });
  expect(location.pathname).toBe("/rooms/busy");
});

test("without an answer one is back where one was", async () => {
  await open();
  act(() => void vi.advanceTimersByTime(1_400));
  expect(location.pathname).toBe("/");
  act(() => void vi.advanceTimersByTime(200));
  expect(location.pathname).toBe("/rooms/quiet");
});

test("a call that this browser knows of needs no answer", async () => {
  await open({ id: "busy", mentions: 1, unread: 1 });
  expect(location.pathname).toBe("/rooms/busy");
});

/** Open the page in a browser that kept a quiet room, and perhaps another. */
async function open(...more: Parameters<typeof room>) {
  const { HomePage } = await import("./home-page");
  const store = await import("@/lib/chat/store");
  const { startTimeline } = await import("@/lib/chat/timeline");
  const kept = [{ id: "quiet" }, ...more].map((changes) => ({ timeline: startTimeline(room(changes)), rank: 1 }));
  store.placeRooms(kept);
  render(<HomePage user={user(ME)} />);
  return { ...store, startTimeline };
}
