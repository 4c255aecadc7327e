import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resetChat, useChat } from "@/lib/chat/store";
import { setLanguage } from "@/lib/i18n";
import { ME } from "@/testing/events";
import { Composer } from "./composer";
import { loadDraft } from "./drafts";

const KEY = `chatflow.draft.${ME}.room`;
const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message #general" });
const offered = () => screen.queryByText(/another tab/)?.textContent ?? null;
const stored = (text: string) => (text ? JSON.stringify({ text, picked: {} }) : null);

function type(text: string): void {
  fireEvent.change(field(), { target: { value: text, selectionEnd: text.length } });
}

/** Store as another tab does, which this one has not heard of yet. */
function storeElsewhere(text: string): () => void {
  const oldValue = localStorage.getItem(KEY);
  const newValue = stored(text);
  if (newValue === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, newValue);
  return () => act(() => void dispatchEvent(new StorageEvent("storage", { key: KEY, newValue, oldValue })));
}

const typeElsewhere = (text: string) => storeElsewhere(text)();

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat("");
  resetChat(ME);
  render(<Composer room_id="room" name="#general" me={ME} />);
});
afterEach(cleanup);

test("the field follows the tab in which one writes, and is empty once that one sent", () => {
  typeElsewhere("half");
  typeElsewhere("half of it");
  expect(field().value).toBe("half of it");
  type("half of it, and");
  typeElsewhere("half of it, and more");
  expect(field().value).toBe("half of it, and more");
  typeElsewhere("");
  expect(field().value).toBe("");
  expect(offered()).toBeNull();
});

test("what was stored unheard is put aside before the field is stored over it", () => {
  type("mine");
  const hear = storeElsewhere("theirs");
  type("mine!");
  expect(offered()).toContain("theirs");
  hear();
  expect(field().value).toBe("mine!");
  expect(loadDraft(ME, "room").text).toBe("mine!");
  cleanup();
  // It is kept over a reload.
  render(<Composer room_id="room" name="#general" me={ME} />);
  fireEvent.click(screen.getByRole("button", { name: "Insert" }));
  expect(field().value).toBe("mine!\n\ntheirs");
  expect(offered()).toBeNull();
  expect(Object.keys(localStorage).filter((key) => key.includes("draft"))).toEqual([KEY]);
});

test("where the other did not know what stands here, this stays and the other is offered", () => {
  type("mine");
  const oldValue = stored("what was here before");
  localStorage.setItem(KEY, stored("theirs") as string);
  act(() => void dispatchEvent(new StorageEvent("storage", { key: KEY, newValue: stored("theirs"), oldValue })));
  expect(field().value).toBe("mine");
  expect(offered()).toContain("theirs");
  fireEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(offered()).toBeNull();
  expect(field().value).toBe("mine");
});

test("a text that is being composed stays under the input method", () => {
  type("한");
  fireEvent.compositionStart(field());
  typeElsewhere("한강");
  expect(field().value).toBe("한");
  expect(offered()).toContain("한강");
});

test("what stays under the input method while another tab sends outlives a reload", () => {
  type("한");
  fireEvent.compositionStart(field());
  typeElsewhere("");
  expect(field().value).toBe("한");
  cleanup();
  render(<Composer room_id="room" name="#general" me={ME} />);
  expect(field().value).toBe("한");
  expect(offered()).toBeNull();
});

test("what another tab writes while the first syllable is composed is offered, not put under it", () => {
  fireEvent.compositionStart(field());
  typeElsewhere("theirs");
  expect(field().value).toBe("");
  expect(offered()).toContain("theirs");
  type("ㅎ");
  expect(loadDraft(ME, "room").text).toBe("ㅎ");
});

test("a page that heard nothing looks when one comes back to it", () => {
  type("mine");
  storeElsewhere("mine and more");
  act(() => void dispatchEvent(new Event("focus")));
  expect(field().value).toBe("mine and more");
  expect(useChat.getState().outbox).toEqual([]);
});
