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
let collator: Intl.Collator | undefined;

function compare(a: string, b: string): number {
  collator ??= new Intl.Collator();
  return collator.compare(a, b);
}

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
 * Return a function that tells the order of the rooms, and the same object for as long as the order is the same. An event
 * that moves no room costs one look at the room that `changed`, and no sorting; null stands for all rooms.
 */
export function rememberOrder(): (chat: Ordered, changed?: readonly string[] | null) => OrderedIds {
  let standings = new Map<string, Standing>();
  let order: OrderedIds | null = null;
  const isKept = (id: string, chat: Ordered) => {
    const before = standings.get(id);
    const room = chat.timelines[id]?.room;
    if (!room || !before) return !room && !before;
    const now = standingOf(room, chat);
    if (!isAlike(before.room, room) || before.hidden !== now.hidden) return false;
    // The conversation that was the most recent one stays the first.
    const stays_first = now.recency > before.recency && order?.directs[0] === id;
    if (now.recency !== before.recency && !stays_first) return false;
    standings.set(id, now);
    return true;
  };
  const areKept = (chat: Ordered, changed: readonly string[]) => changed.every((id) => isKept(id, chat));
  return (chat, changed = null) => {
    const ids = changed ?? Object.keys(chat.timelines);
    const is_complete = changed !== null || ids.length === standings.size;
    if (order && is_complete && areKept(chat, ids)) return order;
    standings = new Map(Object.entries(chat.timelines).map(([id, { room }]) => [id, standingOf(room, chat)]));
    order = idsOf(orderRooms(chat));
    return order;
  };
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
