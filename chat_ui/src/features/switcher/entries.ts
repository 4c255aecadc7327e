/** What the switcher offers for what was typed: one's own rooms, people, and channels that one may join. */
import { inOrder, orderRooms } from "@/lib/chat/room-order";
import type { Chat } from "@/lib/chat/store";
import { findMatch, type Match } from "@/lib/matching";
import { userName } from "@/lib/names";
import type { Room, User } from "@/lib/protocol";

export type Entry = { key: string; name: string; match: Match | null } & (
  | { kind: "room"; room: Room }
  | { kind: "person"; user: User }
  | { kind: "public"; room: Room }
);

/** What the server found for the words of a moment ago. */
export interface Found {
  people: User[];
  rooms: Room[];
}

const SHOWN = 12;

interface Known extends Pick<Chat, "me" | "timelines" | "activity" | "hidden"> {
  users: Record<string, User>;
}

/** Return the best first: how well the name fits decides, then what was last talked in. */
export function findEntries(typed: string, known: Known, found: Found): Entry[] {
  const q = typed.normalize("NFC").trim().replace(/^[#@]/, "");
  const { me, timelines, activity, users } = known;
  const all = inOrder(orderRooms({ ...known, hidden: {} }));
  const rooms = all.map((room) => asRoom(room, nameOf(room, me, users), q));
  if (!q) return rooms.sort(by(activity)).slice(0, SHOWN);

  // Whom one already talks with stands among the rooms.
  const talked = new Set(all.flatMap((room) => onlyPeer(room, me) ?? []));
  const known_people = Object.values(users).filter((user) => !talked.has(user.id));
  const people = [...new Map([...known_people, ...found.people].map((user) => [user.id, user])).values()];
  const offered = [
    ...rooms,
    ...people
      .filter((user) => !user.deactivated && !talked.has(user.id) && user.id !== me)
      .map((user) => asPerson(user, q)),
    ...found.rooms.filter((room) => !timelines[room.id]).map((room) => asPublic(room, q)),
  ];
  return offered
    .filter((entry) => entry.match)
    .sort(by(activity))
    .slice(0, SHOWN);
}

/** Where the name itself does not fit, the username may: it is then the name that is marked. */
function asPerson(user: User, q: string): Entry {
  const name = userName(user);
  const by_username = findMatch(user.username, q);
  const match = findMatch(name, q) ?? (by_username && { start: 0, end: 0, rank: by_username.rank });
  return { key: user.id, kind: "person", name, user, match };
}

function asRoom(room: Room, name: string, q: string): Entry {
  return { key: room.id, kind: "room", name, room, match: q ? findMatch(name, q) : null };
}

function asPublic(room: Room, q: string): Entry {
  const name = room.name ?? "";
  return { key: room.id, kind: "public", name, room, match: findMatch(name, q) };
}

function nameOf(room: Room, me: string, users: Record<string, User>): string {
  if (room.name) return room.name;
  const others = (room.peers ?? []).filter((id) => id !== me);
  const people = others.length > 0 ? others : [me];
  return people.map((id) => (users[id] ? userName(users[id]) : "…")).join(", ");
}

function onlyPeer(room: Room, me: string): string | null {
  if (room.kind !== "direct") return null;
  const others = (room.peers ?? []).filter((id) => id !== me);
  return others.length === 1 ? (others[0] ?? null) : null;
}

function by(activity: Record<string, number>): (a: Entry, b: Entry) => number {
  const recency = (entry: Entry) => (entry.kind === "room" ? (activity[entry.key] ?? 0) + 1 : 0);
  const rank = (entry: Entry) => entry.match?.rank ?? 0;
  return (a, b) => rank(a) - rank(b) || recency(b) - recency(a) || a.name.localeCompare(b.name);
}
