import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Unsent } from "@/lib/chat/outbox";
import { putTimeline, resetChat, setLink, setNextTry, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { useOutboxPanel } from "@/lib/overlay";
import { ME, room } from "@/testing/events";
import { ConnectionBar } from "./connection-bar";

const ROOM = "0190f5a0-0000-7000-8000-000000000001";
const QUEUED: Unsent = { cid: "a", room_id: ROOM, text: "hello", written_at: 0, state: "queued" };

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  putTimeline(ROOM, startTimeline(room({ id: ROOM, n: 3 })));
  setLink("online");
  render(<ConnectionBar />);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const bar = () => screen.getByRole("status").textContent ?? "";
const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test("a blink is not worth a word", async () => {
  act(() => setLink("offline"));
  await pass(1_000);
  expect(bar()).toBe("");
  act(() => setLink("online"));
  expect(bar()).toBe("");
});

test("without a network it says so at once, with the way to what waits", () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  act(() => {
    window.dispatchEvent(new Event("offline"));
    setLink("offline");
    useChat.setState({ outbox: [QUEUED] });
  });
  expect(bar()).toContain("You are offline. 1 message waits here");
  fireEvent.click(screen.getByRole("button", { name: "Open outbox" }));
  expect(useOutboxPanel.getState().open).toBe(true);
});

test("until the next attempt it counts the seconds", async () => {
  act(() => {
    setLink("offline");
    setNextTry(Date.now() + 6_000);
  });
  await pass(2_000);
  expect(bar()).toContain("next try in 4 s");
  await pass(2_000);
  expect(bar()).toContain("next try in 2 s");
  expect(screen.getByRole("button", { name: "Try now" })).toBeTruthy();
});

test("back again it counts what was sent and what was missed, for six seconds", async () => {
  act(() => {
    setLink("offline");
    useChat.setState({ outbox: [QUEUED] });
  });
  await pass(2_000);
  act(() => {
    putTimeline(ROOM, startTimeline(room({ id: ROOM, n: 17 })));
    setLink("online");
  });
  await pass(7_000);
  expect(bar()).toContain("Back. You missed 14 messages.");
  act(() => useChat.setState({ outbox: [] }));
  expect(bar()).toContain("Back. 1 sent, all on disk. You missed 14 messages.");
  fireEvent.click(screen.getByRole("button", { name: "Jump to first" }));
  expect(location.pathname).toBe(`/rooms/${ROOM}`);
  await pass(5_500);
  expect(bar()).toContain("Back.");
  await pass(1_000);
  expect(bar()).toBe("");
});
