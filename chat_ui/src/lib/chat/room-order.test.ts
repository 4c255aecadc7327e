import { expect, test } from "vitest";
import type { Room } from "@/lib/protocol";
import { inOrder, neighbour, orderRooms, rememberOrder } from "./room-order";
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

test("the order is made anew only where something that decides it changed", () => {
  const work = { id: "1", kind: "channel", name: "work" } as Room;
  const bob = { id: "2", kind: "direct", name: null } as Room;
  const carol = { id: "3", kind: "direct", name: null } as Room;
  // The records are changed in place, as the store does.
  const timelines = Object.fromEntries([work, bob, carol].map((room) => [room.id, startTimeline(room)]));
  const chat = { timelines, activity: { 1: 1, 2: 2, 3: 3 } as Record<string, number>, hidden: {} };
  const order = rememberOrder();
  const first = order(chat);
  expect(first).toEqual({ favourites: [], sections: [], channels: ["1"], directs: ["3", "2"] });
  timelines[1] = startTimeline({ ...work, head: 7, unread: 1 });
  chat.activity[1] = 9;
  expect(order(chat)).toBe(first);
  chat.activity[2] = 10;
  expect(order(chat).directs).toEqual(["2", "3"]);
  timelines[1] = startTimeline({ ...work, favourite: true });
  expect(order(chat)).toMatchObject({ favourites: ["1"], channels: [] });
  delete timelines[3];
  expect(order(chat).directs).toEqual(["2"]);
  timelines[4] = startTimeline({ ...work, id: "4" });
  expect(order(chat).channels).toEqual(["4"]);
});
