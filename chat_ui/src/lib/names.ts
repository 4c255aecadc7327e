/** The names that people and rooms are shown by. */
import { t, useT } from "./i18n";
import { usePeople, useWanted } from "./people";
import type { Room, User } from "./protocol";

export function useUser(id: string): User | undefined {
  useWanted([id]);
  return usePeople(({ users }) => users[id]);
}

/** Return how a person is called, or a dash while that is on its way. */
export function useUserName(id: string): string {
  const user = useUser(id);
  return user ? userName(user) : "…";
}

export function userName(user: User): string {
  return user.display_name || user.username;
}

/** Return a room's name as written in a sentence: `#general`, or the people of a direct chat. */
export function useRoomName(room: Room | undefined, me: string): string {
  useT();
  useWanted((room?.peers ?? []).filter((id) => id !== me));
  return usePeople(({ users }) => roomName(room, me, users));
}

/** Return a room as a sentence says where something is: of one with a person, or a few, the names alone are no place. */
export function placeName(room: Room | undefined, name: string): string {
  if (!room || room.kind === "channel" || name === t("rooms.just_you")) return name;
  return t(room.kind === "direct" ? "rooms.place_direct" : "rooms.place_group", { name });
}

export function roomName(room: Room | undefined, me: string, users: Record<string, User>): string {
  if (!room) return "";
  if (room.kind === "channel") return `#${room.name}`;
  const others = (room.peers ?? []).filter((id) => id !== me);
  const names = others.map((id) => (users[id] ? userName(users[id]) : "…")).join(", ");
  return room.name || names || t("rooms.just_you");
}
