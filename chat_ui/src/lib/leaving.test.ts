import { beforeEach, expect, test } from "vitest";
import { resetChat, useChat } from "./chat/store";
import { askBeforeLeaving } from "./leaving";
import { save } from "./storage";
import { countAsUnsaved } from "./unsaved";

let unsaved = 0;
countAsUnsaved(() => unsaved);
askBeforeLeaving();

/** Leave the page; returns whether the browser asks first. */
function asks(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

beforeEach(() => {
  localStorage.clear();
  resetChat("me");
  save("signed_in", "me");
  unsaved = 0;
});

test("the page is left unasked while everything in it is kept", () => {
  expect(asks()).toBe(false);
});

test("the browser asks first where an edit or an outbox would be lost", () => {
  unsaved = 1;
  expect(asks()).toBe(true);
  unsaved = 0;
  const unsent = { cid: "a", room_id: "room", text: "hello", written_at: 1, state: "queued" as const };
  useChat.setState({ outbox: [unsent], kept: true });
  expect(asks()).toBe(false);
  useChat.setState({ kept: false });
  expect(asks()).toBe(true);
});

test("where another person has signed in nothing holds the page of the first", () => {
  unsaved = 1;
  save("signed_in", "somebody else");
  expect(asks()).toBe(false);
});
