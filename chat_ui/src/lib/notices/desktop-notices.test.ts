import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changeTimeline, putTimeline, resetChat, useChat } from "@/lib/chat/store";
import { receive, startTimeline } from "@/lib/chat/timeline";
import { setLanguage } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { Noticed, RoomEvent } from "@/lib/protocol";
import { type Desktop, holdElsewhere, openDesktop } from "@/testing/desktop";
import { BOB, created, deleted, edited, ME, room, user } from "@/testing/events";
import { startDesktopNotices } from "./desktop-notices";
import { wish } from "./wishes";

const TO_ME = { users: [ME], all: false, here: false };
const MENTION = created(1, { text: "look at\n<@me> `this`", mentions: TO_ME });

let desktop: Desktop;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  setLanguage("en");
  resetChat(ME);
  learn([user(ME), { ...user(BOB), display_name: "Bob" }]);
  desktop = openDesktop("granted");
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  wish("on", true);
  putTimeline("room", startTimeline(room({ name: "harbour" })));
  stop = startDesktopNotices(ME);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function come(event: RoomEvent): void {
  changeTimeline("room", (timeline) => receive(timeline, event, ME));
}

let key = 0;
async function call(kind: Noticed["kind"] = "mention", seq = 1, burst?: string): Promise<void> {
  key += 1;
  const notice = { kind, id: `notice-${seq}`, room_id: "room", seq, at: "", actor: BOB, key, ...(burst && { burst }) };
  useChat.setState(({ notices }) => ({ notices: [...notices, notice] }));
  await vi.advanceTimersByTimeAsync(0);
}
const shown = () => desktop.notes.map(({ title, body }) => [title, body]);
const read = (seq: number) =>
  changeTimeline("room", (timeline) => ({ ...timeline, room: { ...timeline.room, read_seq: seq } }));

test("who calls, where and with what stands on the desktop until the room is read", async () => {
  come(MENTION);
  await call();
  expect(shown()).toEqual([["Bob mentioned you in #harbour", "look at @me this"]]);
  expect(desktop.notes[0]?.data).toMatchObject({ path: "/rooms/room/1" });
  read(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toEqual([]);
});

test("without the text where one wants it so", async () => {
  wish("text", false);
  come(MENTION);
  await call();
  expect(shown()).toEqual([["Bob mentioned you in #harbour", ""]]);
});

test("a notice that is here before its message waits for it", async () => {
  await call();
  expect(shown()).toEqual([]);
  come(MENTION);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toEqual([["Bob mentioned you in #harbour", "look at @me this"]]);
});

test("a message that does not come in time is told without its text", async () => {
  await call("direct");
  await vi.advanceTimersByTimeAsync(3_000);
  expect(shown()).toEqual([["Bob wrote to you", ""]]);
});

test("an edit that mentions one is told with the text of now", async () => {
  come(created(1));
  come(edited(2, created(1), { text: "now for <@me>", mentions: TO_ME }));
  await call("mention", 2);
  expect(shown()).toEqual([["Bob mentioned you in #harbour", "now for @me"]]);
});

test("a burst is one that counts its notices, each once, until the room is read", async () => {
  for (const seq of [1, 2, 3]) come(created(seq, { mentions: TO_ME }));
  const titles = async (seq: number, burst: string) => {
    await call("mention", seq, burst);
    return shown().map(([title]) => title);
  };
  expect(await titles(1, "a")).toEqual(["Bob mentioned you in #harbour"]);
  expect(await titles(2, "a")).toEqual(["2 notifications in #harbour"]);
  read(2);
  await vi.advanceTimersByTimeAsync(0);
  expect(await titles(3, "a")).toEqual(["Bob mentioned you in #harbour"]);
});

test("the newest of a room takes the place of the one before", async () => {
  come(MENTION);
  await call();
  come(created(2, { text: "again", mentions: TO_ME }));
  await call("mention", 2);
  expect(shown()).toEqual([["Bob mentioned you in #harbour", "again"]]);
  read(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toHaveLength(1);
});

test("nothing of a deleted message is shown, or goes on being shown", async () => {
  come(MENTION);
  await call();
  come(deleted(2, MENTION));
  await vi.advanceTimersByTimeAsync(0);
  expect(shown()).toEqual([]);
  await call();
  expect(shown()).toEqual([]);
});

test("a message that was deleted before one could be told is not told", async () => {
  come(MENTION);
  come(deleted(2, MENTION));
  await call();
  expect(shown()).toEqual([]);
});

test("nothing is shown while this tab is looked at, or another one is", async () => {
  come(MENTION);
  vi.spyOn(document, "hasFocus").mockReturnValue(true);
  await call();
  expect(shown()).toEqual([]);
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  holdElsewhere("chatflow.looked_at");
  await call();
  expect(shown()).toEqual([]);
});

test("what another tab has taken upon itself is not shown twice", async () => {
  holdElsewhere("chatflow.claim.desktop.notice-1");
  come(MENTION);
  await call();
  expect(shown()).toEqual([]);
});

test("what was read meanwhile is not shown", async () => {
  come(MENTION);
  read(1);
  await call();
  expect(shown()).toEqual([]);
});

test("turned off it shows nothing", async () => {
  wish("on", false);
  come(MENTION);
  await call();
  expect(shown()).toEqual([]);
});
