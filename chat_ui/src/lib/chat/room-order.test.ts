import { expect, test } from "vitest";
import type { Room } from "@/lib/protocol";
import { inOrder, neighbour, orderRooms } from "./room-order";
import { startTimeline } from "./timeline";

const rooms = [
  { id: "a", unread: 0 },
  { id: "b", unread: 2 },
  { id: "c", unread: 0 },
  { id: "d", unread: 1 },
] as Room[];
const unread = (room: Room) => (room.unread ?? 0) > 0;
const any = () => true;

test.each([
  ["the next", "a", 1, any, "b"],
  ["the one before", "c", -1, any, "b"],
  ["the next unread", "b", 1, unread, "d"],
  ["the unread one before", "c", -1, unread, "b"],
  ["the first, where none is shown", null, 1, any, "a"],
  ["the last, where none is shown", null, -1, any, "d"],
  ["none behind the last", "d", 1, any, undefined],
  ["none before the first", "a", -1, any, undefined],
] as const)("%s", (_, shown, step, wanted, found) => {
  expect(neighbour(rooms, shown, step, wanted)?.id).toBe(found);
});

test("favourites come first, then the person's own sections, and each room stands once", () => {
  const all = [
    { id: "1", kind: "channel", name: "work", section: "Later" },
    { id: "2", kind: "channel", name: "apples" },
    { id: "3", kind: "channel", name: "zebra", favourite: true, section: "Later" },
    { id: "4", kind: "direct", name: null, peers: [] },
    { id: "5", kind: "channel", name: "hidden" },
  ] as unknown as Room[];
  const timelines = Object.fromEntries(all.map((room) => [room.id, startTimeline(room)]));
  const ordered = orderRooms({ timelines, activity: {}, hidden: { 5: true } });
  expect(inOrder(ordered).map(({ name }) => name)).toEqual(["zebra", "work", "apples", null]);
  expect(ordered.sections.map(({ name }) => name)).toEqual(["Later"]);
});
