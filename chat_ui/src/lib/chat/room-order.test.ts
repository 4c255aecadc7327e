import { expect, test } from "vitest";
import type { Room } from "@/lib/protocol";
import { neighbour } from "./room-order";

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
