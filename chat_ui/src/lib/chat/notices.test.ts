import { expect, test } from "vitest";
import type { Noticed } from "@/lib/protocol";
import { collapse, unread } from "./notices";

const SOMETIME = { at: "2026-11-21T09:00:00.000Z", actor: "bob" };
const notices: Noticed[] = [
  { kind: "mention", id: "1", room_id: "harbour", seq: 4, ...SOMETIME },
  { kind: "reply", id: "2", room_id: "harbour", seq: 7, ...SOMETIME },
  { kind: "direct", id: "3", room_id: "bob", seq: 2, ...SOMETIME },
];
const left = (read: Parameters<typeof unread>[1]) => unread(notices, read).map(({ id }) => id);

test("what was read by name goes", () => {
  expect(left({ ids: ["1", "3", "9"] })).toEqual(["2"]);
  expect(left({ ids: [] })).toEqual(["1", "2", "3"]);
});

test("a room that was read takes its notes with it, up to where it was read", () => {
  expect(left({ room_id: "harbour", seq: 4 })).toEqual(["2", "3"]);
});

test("everything that was read leaves nothing", () => {
  expect(left({})).toEqual([]);
});

test("a burst is one note, the newest, and counts each of its notices once", () => {
  const note = (id: string, seq: number, burst?: string): Noticed => ({
    kind: "mention",
    id,
    room_id: "harbour",
    seq,
    ...SOMETIME,
    ...(burst && { burst }),
  });
  const shown = collapse([note("1", 4, "a"), note("2", 6, "a"), note("9", 1), note("3", 5, "a"), note("2", 6, "a")]);
  expect(shown.map(({ newest, count, notes }) => [newest.id, count, notes.length])).toEqual([
    ["2", 3, 4],
    ["9", 1, 1],
  ]);
});
