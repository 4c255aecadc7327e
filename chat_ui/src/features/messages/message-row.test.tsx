import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MessageRun } from "@/lib/chat/message-run";
import { resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { AnyMessage, Room } from "@/lib/protocol";
import { BOB, ME, message, room, user } from "@/testing/events";
import { MessageRow } from "./message-row";
import { stopEditing, useDesk } from "./room-desk";

const MINE = message(2, { sender: ME, text: `<@${"b".repeat(36)}> hello` });

function show(shown: AnyMessage, others: AnyMessage[] = [], changes: Partial<Room> = {}): HTMLElement {
  const timeline = { ...startTimeline(room(changes)), messages: MessageRun.of([...others, shown]) };
  useChat.setState({ timelines: { room: timeline } });
  render(
    <ol>
      <MessageRow message={shown} follows={false} me={ME} />
    </ol>,
  );
  const row = screen.getByRole("listitem");
  fireEvent.pointerEnter(row);
  return row;
}

const actions = () => screen.getAllByRole("button").map((button) => button.getAttribute("aria-label"));

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  stopEditing("room");
});
afterEach(cleanup);

test("one's own message can be edited and deleted, another's cannot", () => {
  show(MINE);
  expect(actions()).toEqual(expect.arrayContaining(["Edit the message", "Delete"]));
  cleanup();
  show(message(3));
  expect(actions()).toContain("Reply");
  expect(actions()).not.toEqual(expect.arrayContaining(["Edit the message"]));
  expect(actions()).not.toEqual(expect.arrayContaining(["Delete"]));
});

test("a moderator can delete what others wrote", () => {
  show(message(3), [], { role: "moderator" });
  expect(actions()).toContain("Delete");
});

test("a reader is offered nothing that would be refused", () => {
  show(message(3), [], { role: "reader" });
  expect(actions()).toEqual(["Copy the text"]);
});

test("a message that is gone offers nothing", () => {
  show({ id: "gone", seq: 4, n: 4, sender: ME, at: MINE.at, deleted: true });
  expect(screen.queryByRole("toolbar")).toBeNull();
});

test("a reply shows what it answers, and a deleted one keeps no text there", () => {
  show(message(5, { reply_to: MINE.id }), [MINE]);
  expect(screen.getByRole("listitem").textContent).toContain("hello");
  cleanup();
  show(message(5, { reply_to: "gone" }), [{ id: "gone", seq: 1, n: 1, sender: ME, at: MINE.at, deleted: true }]);
  expect(screen.getByRole("listitem").textContent).toContain("This message was deleted.");
});

test("Escape leaves a message that is being edited as it was", () => {
  show(MINE);
  fireEvent.click(screen.getByRole("button", { name: "Edit the message" }));
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Edit the message" });
  expect(field.value).toContain("hello");
  fireEvent.change(field, { target: { value: "something else" } });
  fireEvent.keyDown(field, { key: "Escape" });
  expect(useDesk.getState().editing.room).toBeNull();
  expect(screen.getByRole("listitem").textContent).toContain("hello");
});

test("an edit that the server does not take says so and keeps what was typed", async () => {
  show(MINE);
  fireEvent.click(screen.getByRole("button", { name: "Edit the message" }));
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "something else" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  expect((await screen.findByText("The server cannot be reached.")).textContent).toBeTruthy();
  expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("something else");
});

test("an edit outlives leaving the room", () => {
  show(MINE);
  fireEvent.click(screen.getByRole("button", { name: "Edit the message" }));
  fireEvent.change(screen.getByRole("textbox"), { target: { value: "half of it" } });
  cleanup();
  show(MINE);
  expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("half of it");
});
