import { cleanup, render, screen } from "@testing-library/react";
import { createRef } from "react";
import { afterEach, expect, test } from "vitest";
import { MessageRun } from "@/lib/chat/message-run";
import { resetChat } from "@/lib/chat/store";
import { learn } from "@/lib/people";
import type { AnyMessage } from "@/lib/protocol";
import { BOB, ME, message, user } from "@/testing/events";
import { MessageList } from "./message-list";

afterEach(cleanup);

/** The seqs of the messages whose text was looked at: a row that is drawn looks at its own. */
let drawn: number[] = [];

function watched(seq: number, text = `text ${seq}`): AnyMessage {
  return Object.defineProperty(message(seq), "text", {
    get: () => {
      drawn.push(seq);
      return text;
    },
  });
}

const rows = createRef<HTMLDivElement>();
const unchanged = { room_id: "room", unsent: [], me: ME, bottom: 0, rows, stop: null, marked: null, open_thread: null };
const same = { ...unchanged, line: { seq: null, count: 0 }, readers: new Map<string, string[]>() };
const list = (messages: MessageRun) => (
  <MessageList {...same} messages={messages} shown={{ start: 0, end: messages.length, top: 0 }} />
);

test("what happens to one message draws its row and no other", () => {
  resetChat(ME);
  learn([user(ME), user(BOB)]);
  const before = MessageRun.of(Array.from({ length: 40 }, (_, place) => watched(place + 1)));
  const { rerender } = render(list(before));
  expect(new Set(drawn).size).toBe(40);

  drawn = [];
  const with_another = before.append([watched(41)]);
  rerender(list(with_another));
  expect(screen.getAllByRole("article")).toHaveLength(41);
  expect(new Set(drawn)).toEqual(new Set([41]));

  drawn = [];
  rerender(list(with_another.with(6, watched(7, "edited"))));
  expect(screen.getByText("edited")).toBeTruthy();
  expect(new Set(drawn)).toEqual(new Set([7]));
});
