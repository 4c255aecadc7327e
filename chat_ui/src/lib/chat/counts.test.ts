import { expect, test } from "vitest";
import type { Room, RoomEvent } from "@/lib/protocol";
import { created, deleted, edited, ME, room } from "@/testing/events";
import { foldRow, moveRead } from "./counts";

const TO_ME = { users: [ME], all: false, here: false };
const TO_ALL = { users: [], all: true, here: false };

function folded(events: RoomEvent[], start = room()): Room {
  return events.reduce((row, event) => foldRow(row, event, ME), start);
}

test("messages of others are unread, and those that address me are mentions", () => {
  const row = folded([created(1), created(2, { mentions: TO_ME }), created(3, { mentions: TO_ALL })]);
  expect(row).toMatchObject({ unread: 3, mentions: 2 });
});

test("sending reads everything before", () => {
  const row = folded([created(1, { mentions: TO_ME }), created(2, { sender: ME })]);
  expect(row).toMatchObject({ unread: 0, mentions: 0, read_seq: 2 });
});

test("a message that another device of mine read already does not count", () => {
  expect(folded([created(1)], room({ read_seq: 1 }))).toMatchObject({ unread: 0 });
});

test("a deleted message stops counting, one already read changes nothing", () => {
  const read = created(1);
  const unread = created(2, { mentions: TO_ME });
  const row = folded([read, unread, deleted(3, read), deleted(4, unread)], room({ read_seq: 1 }));
  expect(row).toMatchObject({ unread: 0, mentions: 0 });
});

test("an edit moves the mention badge both ways", () => {
  const first = created(1, { mentions: TO_ME });
  const second = created(2);
  expect(folded([first, edited(2, first)])).toMatchObject({ unread: 1, mentions: 0 });
  expect(folded([created(1), second, edited(3, second, { mentions: TO_ME })])).toMatchObject({
    unread: 2,
    mentions: 1,
  });
});

test("reading up to a position leaves what lies behind it", () => {
  const events = [created(1), created(2, { mentions: TO_ME }), created(3)];
  const row = folded(events);
  expect(moveRead(row, 1, events, ME)).toMatchObject({ read_seq: 1, unread: 2, mentions: 1, head: 3 });
  expect(moveRead(row, 3, events, ME)).toMatchObject({ read_seq: 3, unread: 0, mentions: 0 });
});

test("a read position only moves forward", () => {
  const row = room({ head: 5, read_seq: 4, unread: 1 });
  expect(moveRead(row, 2, [], ME)).toBe(row);
});

test("reading further back than is remembered is not guessed", () => {
  expect(moveRead(room({ head: 5, unread: 5 }), 2, [created(5)], ME)).toBeNull();
});

test("members and settings follow the log", () => {
  const base = { room_id: "room", n: 0, actor: "bob", at: "" };
  const row = folded([
    { ...base, seq: 1, type: "member.joined", user_id: "carol", role: "member" },
    { ...base, seq: 2, type: "member.role", user_id: ME, role: "moderator" },
    { ...base, seq: 3, type: "room.updated", changes: { topic: "new" } },
    { ...base, seq: 4, type: "member.left", user_id: "bob" },
  ]);
  expect(row).toMatchObject({ member_count: 2, role: "moderator", topic: "new", head: 4 });
});

test("one's own mute stands in the row while it lasts, nobody else's does", () => {
  const until = "2026-11-28T12:00:00.000Z";
  const muted = (seq: number, user_id: string, until: string | null): RoomEvent => ({
    type: "member.muted",
    room_id: "room",
    seq,
    n: 0,
    actor: "owner",
    at: until ?? "",
    user_id,
    until,
  });
  expect(folded([muted(1, "bob", until)]).muted_until).toBeUndefined();
  expect(folded([muted(1, ME, until)]).muted_until).toBe(until);
  expect(folded([muted(1, ME, until), muted(2, ME, null)]).muted_until).toBeUndefined();
});
