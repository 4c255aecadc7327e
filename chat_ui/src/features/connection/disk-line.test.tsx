import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Unsent } from "@/lib/chat/outbox";
import { type Chat, resetChat, useChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";
import { closeOutbox, useOutboxPanel } from "@/lib/overlay";
import { ME } from "@/testing/events";
import { DiskLine } from "./disk-line";

const QUEUED: Unsent = { cid: "a", room_id: "room", text: "hello", written_at: 0, state: "queued" };
const FAILED: Unsent = { ...QUEUED, cid: "b", state: "failed" };

function show(chat: Partial<Chat>): string {
  resetChat(ME);
  closeOutbox();
  useChat.setState(chat);
  render(<DiskLine />);
  return screen.getByRole("button").textContent ?? "";
}

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
});
afterEach(cleanup);

test("everything is on disk only where nothing waits and the page is live", () => {
  expect(show({ link: "online" })).toContain("Connected. Everything is on disk");
});

test("what is on its way is not called stored", () => {
  expect(show({ link: "online", outbox: [QUEUED] })).toContain("Sending 1 message");
});

test("without a connection it says since when, and how much waits", () => {
  const lost_at = new Date(2026, 10, 27, 10, 30).getTime();
  const line = show({ link: "offline", lost_at, outbox: [QUEUED, FAILED] });
  expect(line).toContain(`Offline since ${clockTime(new Date(lost_at))}`);
  expect(line).toContain("2 in outbox");
});

test("a message that was refused is told before anything else", () => {
  expect(show({ link: "online", outbox: [QUEUED, FAILED] })).toContain("1 message was not sent");
});

test("a press opens the outbox", () => {
  show({ link: "online" });
  fireEvent.click(screen.getByRole("button", { name: /Open outbox/ }));
  expect(useOutboxPanel.getState().open).toBe(true);
  expect(screen.getByRole("button").getAttribute("aria-expanded")).toBe("true");
});
