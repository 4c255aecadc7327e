/** The order of the rooms in the list, which is also the order that the keyboard goes through them. */
import type { Room } from "@/lib/protocol";
import type { Chat } from "./store";

export interface OrderedRooms {
  channels: Room[];
  directs: Room[];
}

/** Channels stand where one expects them, by name; conversations by what was last said. */
export function orderRooms({
  timelines,
  activity,
  hidden,
}: Pick<Chat, "timelines" | "activity" | "hidden">): OrderedRooms {
  const rooms = Object.values(timelines)
    .map(({ room }) => room)
    .filter((room) => !hidden[room.id]);
  const recency = (room: Room) => activity[room.id] ?? 0;
  return {
    channels: rooms
      .filter((room) => room.kind === "channel")
      .sort((a, b) => (a.name ?? "").localeCompare(b.name ?? "") || a.id.localeCompare(b.id)),
    directs: rooms.filter((room) => room.kind !== "channel").sort((a, b) => recency(b) - recency(a)),
  };
}

/** Return the room `step` places away from the one that is shown, or null at the end. */
export function neighbour(
  rooms: Room[],
  shown: string | null,
  step: 1 | -1,
  wanted: (room: Room) => boolean,
): Room | null {
  const at = rooms.findIndex((room) => room.id === shown);
  const begin = at < 0 ? (step > 0 ? 0 : rooms.length - 1) : at + step;
  for (let index = begin; index >= 0 && index < rooms.length; index += step) {
    const room = rooms[index];
    if (room && wanted(room)) return room;
  }
  return null;
}
