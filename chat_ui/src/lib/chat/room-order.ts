/** The order of the rooms in the list, which is also the order that the keyboard goes through them. */
import type { Room } from "@/lib/protocol";
import type { Chat } from "./store";

export interface OrderedRooms {
  /** What the person marked as a favourite, of any kind. */
  favourites: Room[];
  /** The person's own sections, by name. */
  sections: { name: string; rooms: Room[] }[];
  channels: Room[];
  directs: Room[];
}

/** A room stands once. Channels are where one expects them, by name; conversations by what was last said. */
export function orderRooms({
  timelines,
  activity,
  hidden,
}: Pick<Chat, "timelines" | "activity" | "hidden">): OrderedRooms {
  const rooms = Object.values(timelines)
    .map(({ room }) => room)
    .filter((room) => !hidden[room.id]);
  const recency = (room: Room) => activity[room.id] ?? 0;
  const byName = (a: Room, b: Room) => (a.name ?? "").localeCompare(b.name ?? "") || a.id.localeCompare(b.id);
  const favourites = rooms.filter((room) => room.favourite).sort(byName);
  const others = rooms.filter((room) => !room.favourite);
  const names = [...new Set(others.flatMap(({ section }) => section ?? []))].sort((a, b) => a.localeCompare(b));
  const unsorted = others.filter((room) => !room.section);
  return {
    favourites,
    sections: names.map((name) => ({ name, rooms: others.filter(({ section }) => section === name).sort(byName) })),
    channels: unsorted.filter((room) => room.kind === "channel").sort(byName),
    directs: unsorted.filter((room) => room.kind !== "channel").sort((a, b) => recency(b) - recency(a)),
  };
}

/** Return all rooms in the order of the list. */
export function inOrder({ favourites, sections, channels, directs }: OrderedRooms): Room[] {
  return [...favourites, ...sections.flatMap(({ rooms }) => rooms), ...channels, ...directs];
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
