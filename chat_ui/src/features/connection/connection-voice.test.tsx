import { act, cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Unsent } from "@/lib/chat/outbox";
import { resetChat, setLink, useChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { ME } from "@/testing/events";
import { ConnectionVoice } from "./connection-voice";

const QUEUED: Unsent = { cid: "a", room_id: "room", text: "hello", written_at: 0, state: "queued" };

/** All that a screen reader is told, in order. */
let said: string[] = [];
let observer: MutationObserver;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  said = [];
  const { container } = render(<ConnectionVoice />);
  const regions = [...container.querySelectorAll("[aria-live]")];
  const before = new Map<Element, string>();
  observer = new MutationObserver(() => {
    for (const region of regions) {
      const text = region.textContent ?? "";
      if (text && text !== before.get(region)) said.push(text);
      before.set(region, text);
    }
  });
  observer.observe(container, { subtree: true, childList: true, characterData: true });
});
afterEach(() => {
  observer.disconnect();
  cleanup();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const go = (link: "online" | "connecting" | "offline") => act(() => setLink(link));

test("however many attempts fail, it is said once that the connection is lost, and once that it is back", async () => {
  go("online");
  for (const _ of [1, 2, 3, 4]) {
    go("offline");
    await pass(5_000);
    go("connecting");
    await pass(1_000);
  }
  go("online");
  await pass(10_000);
  expect(said).toEqual(["You are offline.", "Back."]);
});

test("what was sent meanwhile is said when all of it is on disk", async () => {
  go("online");
  act(() => useChat.setState({ outbox: [QUEUED] }));
  go("offline");
  await pass(2_000);
  go("online");
  await pass(500);
  act(() => useChat.setState({ outbox: [] }));
  await pass(500);
  expect(said).toEqual(["You are offline.", "Back. 1 sent, all on disk."]);
});

test("a blink is not said, and neither is that a page begins to connect", async () => {
  await pass(5_000);
  go("online");
  go("offline");
  await pass(1_000);
  go("online");
  await pass(5_000);
  expect(said).toEqual([]);
});

test("without a network it is said at once", async () => {
  go("online");
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  act(() => {
    window.dispatchEvent(new Event("offline"));
    setLink("offline");
  });
  await pass(0);
  expect(said).toEqual(["You are offline."]);
});
