import { beforeEach, describe, expect, test, vi } from "vitest";
import { MessageRun } from "@/lib/chat/message-run";
import { changeTimeline, dropTimeline, putTimeline, resetChat } from "@/lib/chat/store";
import { receive, startTimeline } from "@/lib/chat/timeline";
import { messagePath, navigate, roomPath, threadPath } from "@/lib/router";
import { countUnsaved } from "@/lib/unsaved";
import { created, deleted, ME, message, room } from "@/testing/events";
import { keepEdit, putBack, startEditing, stopEditing, useDesk } from "./room-desk";

const MINE = message(2, { sender: ME });

beforeEach(() => {
  resetChat("");
  resetChat(ME);
  putTimeline("room", startTimeline(room()));
  putTimeline("other", startTimeline(room({ id: "other" })));
});

test("an edit counts as unsaved once something was typed, in whichever room", () => {
  startEditing(MINE);
  expect(countUnsaved()).toBe(0);
  keepEdit(MINE, "something else");
  expect(countUnsaved()).toBe(1);
  keepEdit(message(3, { sender: ME, room_id: "other" }), "and here");
  expect(countUnsaved()).toBe(2);
  dropTimeline("other");
  expect(countUnsaved()).toBe(1);
  stopEditing("room");
  expect(countUnsaved()).toBe(0);
});

test("what an unsent message answers is unsaved until its field has it", () => {
  putBack("room", "message-7");
  expect(countUnsaved()).toBe(1);
});

test("an edit ends with its message, and another one can be begun", () => {
  const loaded = created(1, { sender: ME });
  putTimeline("room", { ...startTimeline(room({ head: 1 })), messages: MessageRun.of([loaded.message]) });
  keepEdit(loaded.message, "half of it");
  changeTimeline("room", (timeline) => receive(timeline, deleted(2, loaded), ME));
  expect(useDesk.getState().editing.room).toBeNull();
  startEditing(MINE);
  expect(useDesk.getState().editing.room?.id).toBe(MINE.id);
});

test("an edit of a reply that only its thread has loaded ends with it", () => {
  const reply = created(1, { sender: ME, thread: "root" });
  putTimeline("room", startTimeline(room({ head: 1 })));
  keepEdit(reply.message, "half of it");
  changeTimeline("room", (timeline) => receive(timeline, deleted(2, reply), ME));
  expect(useDesk.getState().editing.room).toBeNull();
});

describe("where an edit is open, another one leads to it", () => {
  const ROOM = "01890000-0000-7000-8000-000000000001";
  const HERE = message(2, { sender: ME, room_id: ROOM });
  const another = message(9, { sender: ME, room_id: ROOM });

  beforeEach(() => {
    putTimeline(ROOM, startTimeline(room({ id: ROOM })));
    navigate(roomPath(ROOM));
  });

  test("in the room that is open", () => {
    keepEdit(HERE, "half of it");
    startEditing(another);
    expect(useDesk.getState().editing[ROOM]).toMatchObject({ id: HERE.id, text: "half of it" });
    expect(useDesk.getState().jumps[ROOM]).toEqual({ seq: 2 });
    expect(location.pathname).toBe(roomPath(ROOM));
  });

  test("in its thread", () => {
    keepEdit(message(4, { sender: ME, room_id: ROOM, thread: "root" }), "half of it");
    startEditing(another);
    expect(location.pathname).toBe(threadPath(ROOM, "root"));
  });

  test("in a room that a panel covers, and closes the panel", () => {
    vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
    navigate(threadPath(ROOM, "01890000-0000-7000-8000-000000000002"));
    keepEdit(HERE, "half of it");
    startEditing(message(4, { sender: ME, room_id: ROOM, thread: "root" }));
    expect(location.pathname).toBe(roomPath(ROOM));
    expect(useDesk.getState().jumps[ROOM]).toEqual({ seq: 2 });
  });

  test("in a room from a page that shows none", () => {
    navigate("/threads");
    keepEdit(HERE, "half of it");
    startEditing(another, true);
    expect(location.pathname).toBe(messagePath(HERE));
  });
});
