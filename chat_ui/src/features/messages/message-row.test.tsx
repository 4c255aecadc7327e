import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { MessageRun } from "@/lib/chat/message-run";
import { resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { AnyMessage, Room } from "@/lib/protocol";
import { setSingleKeys } from "@/lib/single-keys";
import { BOB, ME, message, room, user } from "@/testing/events";
import { useEmojiRequest } from "./emoji-request";
import { MessageRow } from "./message-row";
import { answerNothing, startEditing, stopEditing, useDesk } from "./room-desk";

const MINE = message(2, { sender: ME, text: `<@${"b".repeat(36)}> hello` });

function show(shown: AnyMessage, others: AnyMessage[] = [], changes: Partial<Room> = {}): HTMLElement {
  const timeline = { ...startTimeline(room(changes)), messages: MessageRun.of([...others, shown]) };
  useChat.setState({ timelines: { room: timeline } });
  render(
    <div>
      <MessageRow message={shown} follows={false} me={ME} />
    </div>,
  );
  const row = screen.getByRole("article");
  fireEvent.pointerEnter(row);
  return row;
}

/** What the bar offers by itself. */
const actions = () =>
  within(screen.getByRole("toolbar"))
    .getAllByRole("button")
    .map((button) => button.getAttribute("aria-label"));

/** What it offers behind its last button. */
async function more(): Promise<(string | null)[]> {
  fireEvent.click(screen.getByRole("button", { name: "More" }));
  return (await screen.findAllByRole("menuitem", {}, { timeout: 4_000 })).map(
    (item) => item.childNodes[1]?.textContent ?? null,
  );
}

const edit = () => fireEvent.keyDown(screen.getByRole("article"), { key: "e", code: "KeyE" });

// Its code comes when it is first opened; a busy machine takes its time for that.
beforeAll(() => import("./more-menu"));
beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  stopEditing("room");
  answerNothing("room");
});
afterEach(cleanup);

test("one's own message can be edited and deleted", async () => {
  show(MINE);
  expect(await more()).toEqual(expect.arrayContaining(["Edit", "Delete"]));
});

test("another's message can be answered, but neither edited nor deleted", async () => {
  show(message(3));
  expect(actions()).toContain("Reply");
  const offered = await more();
  expect(offered).not.toContain("Edit");
  expect(offered).not.toContain("Delete");
});

test("a moderator can delete what others wrote", async () => {
  show(message(3), [], { role: "moderator" });
  expect(await more()).toContain("Delete");
});

test("a reader is offered nothing that would be refused", async () => {
  show(message(3), [], { role: "reader" });
  expect(actions()).toEqual(["More"]);
  expect(await more()).toEqual(["Copy text", "Copy link", "Mark unread from here", "Why was I (not) notified?"]);
});

test("the bar stays while its menu is open, whatever is pointed at, and goes with it", async () => {
  show(message(3));
  await more();
  fireEvent.pointerLeave(screen.getByRole("article"));
  expect(screen.getByRole("menu")).toBeTruthy();
  fireEvent.keyDown(screen.getByRole("menu"), { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
});

test("a message that is gone offers nothing", () => {
  show({ id: "gone", seq: 4, n: 4, sender: ME, at: MINE.at, deleted: true });
  expect(screen.queryByRole("toolbar")).toBeNull();
});

test("a thread's row says what the server says of it, also under a message that is gone", () => {
  const at = new Date();
  const thread = { replies: 6, last_reply_at: at.toISOString(), repliers: [BOB, ME] };
  render(<MessageRow message={message(3, thread)} follows={false} me={ME} room_id="room" />);
  const row = screen.getByRole("link");
  expect(row.textContent).toContain("6 replies");
  expect(row.textContent).toContain("Last reply");
  expect(row.querySelectorAll("span > span").length).toBe(2);
  expect(row.getAttribute("href")).toBe("/rooms/room/thread/message-3");
  cleanup();
  const { id, seq, n, sender } = message(3);
  const gone = { id, seq, n, sender, at: MINE.at, deleted: true as const, ...thread };
  render(<MessageRow message={gone} follows={false} me={ME} room_id="room" />);
  expect(screen.getByRole("link").textContent).toContain("6 replies");
  cleanup();
  render(<MessageRow message={message(4)} follows={false} me={ME} room_id="room" />);
  expect(screen.queryByRole("link")).toBeNull();
});

test("a reply shows what it answers, and a deleted one keeps no text there", () => {
  show(message(5, { reply_to: MINE.id }), [MINE]);
  expect(screen.getByRole("article").textContent).toContain("hello");
  cleanup();
  show(message(5, { reply_to: "gone" }), [{ id: "gone", seq: 1, n: 1, sender: ME, at: MINE.at, deleted: true }]);
  expect(screen.getByRole("article").textContent).toContain("This message was deleted.");
});

test("Escape leaves a message that is being edited as it was", () => {
  show(MINE);
  edit();
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Edit the message" });
  expect(field.value).toContain("hello");
  fireEvent.change(field, { target: { value: "something else" } });
  fireEvent.keyDown(field, { key: "Escape" });
  expect(useDesk.getState().editing.room).toBeNull();
  expect(screen.getByRole("article").textContent).toContain("hello");
});

test("an edit that the server does not take says so and keeps what was typed", async () => {
  show(MINE);
  edit();
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "something else" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByText("The server cannot be reached.")).textContent).toBeTruthy();
  expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("something else");
});

test("an edit outlives leaving the room", () => {
  show(MINE);
  edit();
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "half of it" } });
  cleanup();
  show(MINE);
  expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("half of it");
});

test("a row is named by who wrote it, when, what, and what became of it", () => {
  const row = show(MINE);
  expect(row.getAttribute("aria-label")).toMatch(/^me, .+, @b+ hello, On disk$/);
  cleanup();
  const mention = { users: [ME], all: false, here: false };
  const to_me = show(message(3, { mentions: mention, edited_at: MINE.at }));
  expect(to_me.getAttribute("aria-label")).toMatch(/^bob, .+, text 3, mentions you, edited$/);
});

test("with a row in focus the letters do what the bar offers, by the key and not by its letter", () => {
  const row = show(MINE);
  fireEvent.keyDown(row, { key: "ㄷ", code: "KeyE" });
  expect(useDesk.getState().editing.room?.id).toBe(MINE.id);
  stopEditing("room");
  fireEvent.keyDown(row, { key: "q", code: "KeyQ" });
  expect(useDesk.getState().answering.room?.id).toBe(MINE.id);
  fireEvent.keyDown(row, { key: "r", code: "KeyR" });
  expect(useEmojiRequest.getState().request?.back).toBe(row);
  fireEvent.keyDown(row, { key: "Delete", code: "Delete" });
  expect(screen.getByRole("dialog", { name: "Delete this message?" })).toBeTruthy();
});

test("an edit that is open takes the keyboard when another one is wanted", () => {
  show(MINE);
  edit();
  const field = screen.getByRole("textbox");
  fireEvent.change(field, { target: { value: "half of it" } });
  field.blur();
  act(() => startEditing(message(9, { sender: ME })));
  expect(document.activeElement).toBe(field);
});

test("a letter with a modifier, or without the right to it, does nothing", () => {
  const row = show(message(3));
  fireEvent.keyDown(row, { key: "t", code: "KeyT", ctrlKey: true });
  fireEvent.keyDown(row, { key: "e", code: "KeyE" });
  fireEvent.keyDown(row, { key: "Delete", code: "Delete" });
  expect(useDesk.getState().answering.room ?? null).toBeNull();
  expect(useDesk.getState().editing.room ?? null).toBeNull();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("L copies the link to the message", async () => {
  const written: string[] = [];
  Object.defineProperty(navigator, "clipboard", {
    configurable: true,
    value: { writeText: async (text: string) => written.push(text) },
  });
  fireEvent.keyDown(show(message(17)), { key: "l", code: "KeyL" });
  expect(written).toEqual([`${location.origin}/rooms/room/17`]);
});

test("a finger that rests opens the sheet, and one that scrolls does not", () => {
  vi.useFakeTimers();
  const row = show(message(3));
  const touch = { pointerType: "touch", isPrimary: true, clientX: 10, clientY: 10 };
  fireEvent.pointerDown(row, touch);
  fireEvent.pointerMove(row, { ...touch, clientY: 60 });
  vi.advanceTimersByTime(600);
  expect(screen.queryByRole("dialog")).toBeNull();
  fireEvent.pointerDown(row, touch);
  act(() => void vi.advanceTimersByTime(600));
  expect(screen.getByRole("dialog").querySelectorAll("button").length).toBe(6 + 7);
  vi.useRealTimers();
});

test("switched off, a letter does nothing, and Delete still asks", () => {
  show(MINE);
  const row = screen.getByRole("article");
  setSingleKeys(false);
  fireEvent.keyDown(row, { code: "KeyE", key: "e" });
  expect(useDesk.getState().editing.room ?? null).toBeNull();
  fireEvent.keyDown(row, { code: "Delete", key: "Delete" });
  expect(screen.getByRole("dialog")).toBeTruthy();
  cleanup();
  show(MINE);
  setSingleKeys(true);
  fireEvent.keyDown(screen.getByRole("article"), { code: "KeyE", key: "e" });
  expect(useDesk.getState().editing.room?.id).toBe(MINE.id);
});
