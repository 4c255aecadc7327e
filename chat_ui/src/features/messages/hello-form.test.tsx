import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countDrafts } from "@/lib/chat/outbox-storage";
import { putTimeline, resetChat, useChat } from "@/lib/chat/store";
import { receive, startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import { created, ME, room, user } from "@/testing/events";
import { loadDraft } from "./drafts";
import { HelloForm } from "./hello-form";

const GREETING = "Hello, I am Ada. I am new here.";
const field = () => screen.getByRole<HTMLTextAreaElement>("textbox");
const type = (text: string) => fireEvent.change(field(), { target: { value: text, selectionEnd: text.length } });
const show = () => render(<HelloForm room={room()} name="Ada" has_said={false} onSaid={() => {}} />);

/** Let another tab store something in the field of the greeting. */
function typeElsewhere(text: string): void {
  const key = `chatflow.draft.${ME}.hello.room`;
  const oldValue = localStorage.getItem(key);
  const newValue = text ? JSON.stringify({ text, picked: {} }) : null;
  if (newValue) localStorage.setItem(key, newValue);
  else localStorage.removeItem(key);
  dispatchEvent(new StorageEvent("storage", { key, newValue, oldValue }));
}

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat("");
  resetChat(ME);
  learn([user(ME)]);
  putTimeline("room", startTimeline(room()));
});
afterEach(cleanup);

test("a greeting that nobody changed is no draft, while it stands there and after", () => {
  const { unmount } = show();
  expect(field().value).toBe(GREETING);
  expect(countDrafts(ME)).toBe(0);
  type(`${GREETING} And`);
  expect(countDrafts(ME)).toBe(1);
  type(GREETING);
  expect(countDrafts(ME)).toBe(0);
  unmount();
  expect(countDrafts(ME)).toBe(0);
});

test("what one made of it outlives a reload, and goes on in the room", () => {
  const { unmount } = show();
  type("Hello from the lighthouse");
  unmount();
  expect(loadDraft(ME, "room").text).toBe("Hello from the lighthouse");
  expect(countDrafts(ME)).toBe(1);
});

test("it follows what another tab makes of it", async () => {
  show();
  typeElsewhere("Hello from the other tab");
  expect(await screen.findByDisplayValue("Hello from the other tab")).toBe(field());
  expect(screen.queryByText(/another tab:/)).toBeNull();
});

test("it is sent as it stands", () => {
  show();
  fireEvent.click(screen.getByRole("button", { name: /Say hello/ }));
  expect(useChat.getState().outbox.map(({ text }) => text)).toEqual([GREETING]);
  expect(countDrafts(ME)).toBe(0);
});

test("who has written in the room is greeted with an empty field", () => {
  putTimeline("room", receive(startTimeline(room()), created(1, { sender: ME }), ME));
  show();
  expect(field().value).toBe("");
});
