import { beforeEach, expect, test } from "vitest";
import { resetChat } from "@/lib/chat/store";
import { countUnsaved } from "@/lib/unsaved";
import { ME, message } from "@/testing/events";
import { keepEdit, putBack, startEditing, stopEditing } from "./room-desk";

const MINE = message(2, { sender: ME });

beforeEach(() => {
  resetChat("");
  resetChat(ME);
});

test("an edit counts as unsaved once something was typed, in whichever room", () => {
  startEditing(MINE);
  expect(countUnsaved()).toBe(0);
  keepEdit(MINE, "something else");
  expect(countUnsaved()).toBe(1);
  keepEdit(message(3, { sender: ME, room_id: "other" }), "and here");
  expect(countUnsaved()).toBe(2);
  stopEditing("room");
  stopEditing("other");
  expect(countUnsaved()).toBe(0);
});

test("what an unsent message answers is unsaved until its field has it", () => {
  putBack("room", "message-7");
  expect(countUnsaved()).toBe(1);
});
