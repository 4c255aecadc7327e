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

export interface OrderedIds {
  favourites: string[];
  sections: { name: string; ids: string[] }[];
  channels: string[];
  directs: string[];
}

type Ordered = Pick<Chat, "timelines" | "activity" | "hidden">;

// Names by the browser's own language; made once, for making one costs as much as sorting many.
const { compare } = new Intl.Collator();

/** A room stands once. Channels are where one expects them, by name; conversations by what was last said. */
export function orderRooms({ timelines, activity, hidden }: Ordered): OrderedRooms {
  const rooms = Object.values(timelines)
    .map(({ room }) => room)
    .filter((room) => !hidden[room.id]);
  const recency = (room: Room) => activity[room.id] ?? 0;
  const byName = (a: Room, b: Room) => compare(a.name ?? "", b.name ?? "") || compare(a.id, b.id);
  const favourites = rooms.filter((room) => room.favourite).sort(byName);
  const others = rooms.filter((room) => !room.favourite);
  const names = [...new Set(others.flatMap(({ section }) => section ?? []))].sort(compare);
  const unsorted = others.filter((room) => !room.section);
  return {
    favourites,
    sections: names.map((name) => ({ name, rooms: others.filter(({ section }) => section === name).sort(byName) })),
    channels: unsorted.filter((room) => room.kind === "channel").sort(byName),
    directs: unsorted.filter((room) => room.kind !== "channel").sort((a, b) => recency(b) - recency(a)),
  };
}

/** What decides where a room stands, beside what is read of the room itself. */
interface Standing {
  room: Room;
  hidden: boolean;
  /** Of conversations alone. */
  recency: number;
}

/**
 * Return a function that tells the order of the rooms, and the same object for as long as the order is the same: an event
 * that moves no room costs one look at each, and no sorting.
 */
export function rememberOrder(): (chat: Ordered) => OrderedIds {
  let standings = new Map<string, Standing>();
  let order: OrderedIds | null = null;
  return (chat) => {
    if (order && areKept(standings, chat)) return order;
    standings = new Map(Object.entries(chat.timelines).map(([id, { room }]) => [id, standingOf(room, chat)]));
    order = idsOf(orderRooms(chat));
    return order;
  };
}

function areKept(standings: Map<string, Standing>, chat: Ordered): boolean {
  let count = 0;
  for (const id in chat.timelines) {
    const room = chat.timelines[id]?.room;
    const before = standings.get(id);
    if (!room || !before || !isAlike(before.room, room)) return false;
    if (before.hidden !== (chat.hidden[id] ?? false) || before.recency !== recencyOf(room, chat)) return false;
    count += 1;
  }
  return count === standings.size;
}

function standingOf(room: Room, chat: Ordered): Standing {
  return { room, hidden: chat.hidden[room.id] ?? false, recency: recencyOf(room, chat) };
}

function recencyOf({ id, kind }: Room, { activity }: Ordered): number {
  return kind === "channel" ? 0 : (activity[id] ?? 0);
}

function isAlike(a: Room, b: Room): boolean {
  if (a === b) return true;
  return a.name === b.name && a.kind === b.kind && a.favourite === b.favourite && a.section === b.section;
}

function idsOf({ favourites, sections, channels, directs }: OrderedRooms): OrderedIds {
  const ids = (rooms: Room[]) => rooms.map(({ id }) => id);
  return {
    favourites: ids(favourites),
    sections: sections.map(({ name, rooms }) => ({ name, ids: ids(rooms) })),
    channels: ids(channels),
    directs: ids(directs),
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
