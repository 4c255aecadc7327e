/** The names that people and rooms are shown by. */
import { useT } from "./i18n";
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
  const t = useT();
  const others = (room?.peers ?? []).filter((id) => id !== me);
  useWanted(others);
  const names = usePeople(({ users }) => others.map((id) => (users[id] ? userName(users[id]) : "…")).join(", "));
  if (!room) return "";
  if (room.kind === "channel") return `#${room.name}`;
  return room.name || names || t("rooms.just_you");
}
