import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Unsent } from "@/lib/chat/outbox";
import { type Link, resetChat, useChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { ME } from "@/testing/events";
import { DiskLine } from "./disk-line";

const QUEUED: Unsent = { cid: "a", room_id: "room", text: "hello", written_at: 0, state: "queued" };
const FAILED: Unsent = { ...QUEUED, cid: "b", state: "failed" };

function show(link: Link, outbox: Unsent[]): string {
  resetChat(ME);
  useChat.setState({ link, outbox });
  const { container } = render(<DiskLine />);
  return container.textContent ?? "";
}

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
});
afterEach(cleanup);

test("everything is on disk only where nothing waits and the page is live", () => {
  expect(show("online", [])).toBe("Connected. Everything is on disk");
});

test("what is on its way is not called stored", () => {
  expect(show("online", [QUEUED])).toBe("Sending 1 message");
});

test("without a connection it says what waits", () => {
  expect(show("offline", [QUEUED])).toBe("Offline. 1 message waits");
});

test("a message that was refused is told before anything else", () => {
  expect(show("offline", [QUEUED, FAILED])).toContain("1 message was not sent");
});
