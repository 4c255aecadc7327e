import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MessageRun } from "@/lib/chat/message-run";
import { resetChat, useChat } from "@/lib/chat/store";
import { part } from "@/lib/chat/threads";
import { startTimeline } from "@/lib/chat/timeline";
import { loadEmojiBook } from "@/lib/emoji";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import { BOB, ME, message, room, user } from "@/testing/events";
import { Composer } from "./composer";
import { saveDraft } from "./drafts";
import { answer, answerNothing, stopEditing, useDesk } from "./room-desk";
import { takeBack } from "./taking-back";

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message #general" });
const sent = () => useChat.getState().outbox.map(({ text }) => text);

function type(text: string): void {
  fireEvent.change(field(), { target: { value: text, selectionEnd: text.length } });
}

function enter(): void {
  fireEvent.keyDown(field(), { key: "Enter" });
  fireEvent(field(), new InputEvent("beforeinput", { inputType: "insertLineBreak", cancelable: true }));
}

function show(room_id = "room"): void {
  cleanup();
  render(<Composer key={room_id} room_id={room_id} name="#general" me={ME} />);
}

function takeUnsentBack(reply_to?: string): void {
  const unsent = { cid: "cid-1", room_id: "room", text: "not sent", reply_to, written_at: 1, state: "failed" as const };
  useChat.setState({ outbox: [unsent] });
  takeBack("cid-1");
}

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(BOB)]);
  answerNothing("room");
  stopEditing("room");
  show();
});

afterEach(cleanup);

test("Enter queues the text once and empties the field", () => {
  type("  hello\nthere ");
  enter();
  enter();
  expect(sent()).toEqual(["hello\nthere"]);
  expect(field().value).toBe("");
});

test("decomposed Hangul, as macOS pastes it, is sent composed", () => {
  type("안녕".normalize("NFD"));
  enter();
  expect(sent()).toEqual(["안녕".normalize("NFC")]);
});

test("what a terminal would obey is left out, and what one sees is not", () => {
  type("\u001b[31mred\u0000\tflag 👩\u200d🚀\u0085\nend");
  enter();
  expect(sent()).toEqual(["[31mred\tflag 👩\u200d🚀\nend"]);
});

test("a name typed behind an @ is sent as an id", () => {
  type("@bob hello");
  enter();
  expect(sent()).toEqual(["<@bob> hello"]);
});

test("a draft outlives a change of room and a reload", () => {
  type("half a thought");
  show("other");
  expect(field().value).toBe("");
  show("room");
  expect(field().value).toBe("half a thought");
});

test("what is too long is not sent, not cut, and said", () => {
  type("x".repeat(8_002));
  enter();
  expect(sent()).toEqual([]);
  expect(field().value).toHaveLength(8_002);
  expect(screen.getByRole("alert").textContent).toBe("2 characters too many");
});

test("a reply carries what it answers, once", () => {
  act(() => answer(message(7)));
  expect(screen.getByText(/Replying to/).textContent).toContain("bob");
  type("yes");
  enter();
  type("and");
  enter();
  expect(useChat.getState().outbox.map(({ reply_to }) => reply_to)).toEqual(["message-7", undefined]);
});

test("Escape answers nobody", () => {
  act(() => answer(message(7)));
  fireEvent.keyDown(field(), { key: "Escape" });
  expect(screen.queryByText(/Replying to/)).toBeNull();
});

test("the arrow up in an empty field edits one's last message, and nothing else", () => {
  const mine = message(2, { sender: ME });
  const parted = part([mine, message(3), message(4, { sender: ME, thread: "message-3" })]);
  useChat.setState({ timelines: { room: { ...startTimeline(room()), parted } } });
  type("a draft");
  fireEvent.keyDown(field(), { key: "ArrowUp" });
  expect(useDesk.getState().editing.room ?? null).toBeNull();
  type("");
  fireEvent.keyDown(field(), { key: "ArrowUp" });
  expect(useDesk.getState().editing.room?.id).toBe("message-2");
});

test("a message that is deleted meanwhile is answered no more", () => {
  const gone = { id: "message-7", seq: 7, n: 7, sender: BOB, at: message(7).at, deleted: true as const };
  act(() => answer(message(7)));
  act(() => useChat.setState({ timelines: { room: { ...startTimeline(room()), messages: MessageRun.of([gone]) } } }));
  expect(screen.queryByText(/Replying to/)).toBeNull();
  type("yes");
  enter();
  expect(useChat.getState().outbox.map(({ reply_to }) => reply_to)).toEqual([undefined]);
});

test("what was not sent comes back into the field, before what stands there", () => {
  type("more");
  act(() => takeUnsentBack());
  expect(field().value).toBe("not sent\n\nmore");
  show("other");
  act(() => takeUnsentBack());
  show("room");
  expect(field().value).toBe("not sent\n\nnot sent\n\nmore");
});

test("what comes back takes nothing from the field where another tab has stored another draft", () => {
  type("more");
  saveDraft(ME, "room", { text: "from another tab", picked: {} });
  act(() => takeUnsentBack());
  expect(field().value).toBe("not sent\n\nfrom another tab\n\nmore");
});

test("an answer that was not sent answers the same message when it is sent anew", () => {
  useChat.setState({
    timelines: { room: { ...startTimeline(room()), messages: MessageRun.of([message(7), message(8)]) } },
  });
  act(() => takeUnsentBack("message-7"));
  expect(screen.getByText(/Replying to/).textContent).toContain("text 7");
  enter();
  expect(useChat.getState().outbox.map(({ reply_to }) => reply_to)).toEqual(["message-7"]);
  act(() => answer(message(8)));
  act(() => takeUnsentBack("message-7"));
  expect(screen.getByText(/Replying to/).textContent).toContain("text 8");
});

test("an answer to a message that is not loaded yet keeps what it answers", () => {
  act(() => takeUnsentBack("message-1"));
  enter();
  expect(useChat.getState().outbox.map(({ reply_to }) => reply_to)).toEqual(["message-1"]);
});

test("the name of an emoji is completed in either language", async () => {
  await loadEmojiBook();
  type("done :tad");
  expect(screen.getByRole("option", { name: /tada/ }).getAttribute("aria-selected")).toBe("true");
  enter();
  expect(field().value).toBe("done 🎉 ");
  type("끝 :축");
  expect(screen.getByRole("listbox", { name: "Emoji" }).textContent).toContain("축하");
  fireEvent.keyDown(field(), { key: "Escape" });
  expect(screen.queryByRole("listbox")).toBeNull();
  enter();
  expect(sent()).toEqual(["끝 :축"]);
});

test("formats are put by their keys and by their buttons, and shown as they will look", () => {
  type("a word");
  field().setSelectionRange(2, 6);
  fireEvent.keyDown(field(), { key: "ㅠ", code: "KeyB", ctrlKey: true });
  expect(field().value).toBe("a **word**");
  expect(screen.queryByRole("region", { name: "Preview" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Formatting" }));
  expect(screen.getByRole("region", { name: "Preview" }).querySelector("strong")?.textContent).toBe("word");
  fireEvent.click(screen.getByRole("button", { name: "Bold" }));
  expect(field().value).toBe("a word");
});

test("near the limit one is told how much is left", () => {
  type("x".repeat(7_199));
  expect(screen.queryByText(/left/)).toBeNull();
  type("x".repeat(7_200));
  expect(screen.getByText("800 characters left")).toBeDefined();
});

test("the button of names begins one where the cursor is", () => {
  type("hi");
  fireEvent.click(screen.getByRole("button", { name: "Mention somebody" }));
  expect(field().value).toBe("hi @");
});

test("nobody finds on their desk what another person left there", () => {
  act(() => answer(message(7)));
  act(() => resetChat("somebody else"));
  expect(screen.queryByText(/Replying to/)).toBeNull();
});
