import { beforeEach, expect, test } from "vitest";
import { ME, message, room } from "@/testing/events";
import { holdHistory, leaveHistory } from "./history";
import { MessageRun } from "./message-run";
import { putTimeline, resetChat, useChat } from "./store";
import { startTimeline } from "./timeline";

const ids = Array.from({ length: 102 }, (_, number) => `room-${number}`);
const loaded = () => ids.filter((id) => useChat.getState().timelines[id]?.messages);

beforeEach(() => {
  resetChat(ME);
  for (const id of ids) {
    putTimeline(id, {
      ...startTimeline(room({ id, head: 1 })),
      messages: MessageRun.of([message(1)]),
      has_older: false,
    });
  }
});

test("of the rooms that were left a hundred stay loaded, and the one that is shown", () => {
  for (const id of ids) leaveHistory(id, null);
  expect(loaded()).toEqual(ids.slice(2));
  const forgotten = useChat.getState().timelines["room-0"];
  expect([forgotten?.position, forgotten?.has_older]).toEqual([1, true]);
});

test("a room that is shown again is not among those left", () => {
  for (const id of ids.slice(0, 100)) leaveHistory(id, null);
  holdHistory("room-0");
  leaveHistory("room-100", null);
  leaveHistory("room-101", null);
  expect(loaded()).not.toContain("room-1");
  expect(loaded()).toContain("room-0");
});
