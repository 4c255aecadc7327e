import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MessageRun } from "@/lib/chat/message-run";
import { resetChat, useChat } from "@/lib/chat/store";
import { startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import { messagePath, navigate, roomPath, threadPath } from "@/lib/router";
import { BOB, ME, message, room, user } from "@/testing/events";
import { MessageRow } from "./message-row";
import { answerNothing, startEditing, stopEditing } from "./room-desk";

const ROOM = "01890000-0000-7000-8000-000000000001";
const SHOWN = message(2, { id: "01890000-0000-7000-8000-000000000002", room_id: ROOM, sender: ME, text: "hello" });
const open = (path: string) => {
  cleanup();
  navigate(path);
  const is_in_room = path.startsWith("/rooms");
  render(
    <>
      {is_in_room && (
        <main>
          <MessageRow message={SHOWN} follows={false} me={ME} />
        </main>
      )}
      {path !== roomPath(ROOM) && (
        <aside>
          <MessageRow message={SHOWN} follows={false} me={ME} in_thread />
        </aside>
      )}
    </>,
  );
};
const fields = (place: "main" | "complementary") =>
  within(screen.getByRole(place))
    .queryAllByRole<HTMLTextAreaElement>("textbox")
    .map(({ value }) => value);
const edit = (place: "main" | "complementary") => {
  const row = within(screen.getByRole(place)).getByRole("article");
  fireEvent.keyDown(row, { key: "e", code: "KeyE" });
};
const type = (text: string) => fireEvent.change(screen.getByRole("textbox"), { target: { value: text } });

beforeEach(() => {
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  answerNothing(ROOM);
  stopEditing(ROOM);
  useChat.setState({ timelines: { [ROOM]: startTimeline(room({ id: ROOM })) } });
});
afterEach(cleanup);

test("a message in two places is edited where one chose to", () => {
  open(threadPath(ROOM, SHOWN.id));
  edit("complementary");
  expect([fields("main"), fields("complementary")]).toEqual([[], ["hello"]]);
  act(() => stopEditing(ROOM));
  edit("main");
  expect([fields("main"), fields("complementary")]).toEqual([["hello"], []]);
});

test("a message in two places takes what was typed along to where one goes on", () => {
  open(threadPath(ROOM, SHOWN.id));
  edit("main");
  type("half of it");
  edit("complementary");
  expect([fields("main"), fields("complementary")]).toEqual([[], ["half of it"]]);
});

test("a message in two places is edited in the panel of a page that shows no room, and then in the room", () => {
  open("/inbox");
  edit("complementary");
  expect(fields("complementary")).toEqual(["hello"]);
  type("half of it");
  open(roomPath(ROOM));
  expect(fields("main")).toEqual(["half of it"]);
});

test("a message in two places keeps the keyboard in its panel when another one is to be edited", () => {
  open("/inbox");
  edit("complementary");
  type("half of it");
  screen.getByRole("textbox").blur();
  act(() => startEditing(message(9, { room_id: ROOM, sender: ME }), true));
  expect(document.activeElement).toBe(screen.getByRole("textbox"));
  expect(location.pathname).toBe("/inbox");
});

test("a message in two places leads to its room from a line that quotes it", () => {
  cleanup();
  navigate("/inbox");
  const timeline = { ...startTimeline(room({ id: ROOM })), messages: MessageRun.of([SHOWN]) };
  useChat.setState({ timelines: { [ROOM]: timeline } });
  render(<MessageRow message={message(5, { room_id: ROOM, reply_to: SHOWN.id })} follows={false} me={ME} in_thread />);
  fireEvent.click(screen.getByRole("button", { name: /hello/ }));
  expect(location.pathname).toBe(messagePath({ room_id: ROOM, seq: 2 }));
});
