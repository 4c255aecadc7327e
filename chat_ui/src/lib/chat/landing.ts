/** Where somebody who comes back goes on: where they are called, else where they were. */
import { callsIn } from "./call-counts";
import type { Chat } from "./store";

type Rooms = Pick<Chat, "timelines" | "activity" | "hidden">;

/** Return the room to open; null where there is none. `last` is the one that was open the last time. */
export function landingRoom({ timelines, activity, hidden }: Rooms, last: string | null): string | null {
  const rooms = Object.values(timelines)
    .map(({ room }) => room)
    .filter(({ id, archived }) => !hidden[id] && !archived)
    .sort((a, b) => (activity[b.id] ?? 0) - (activity[a.id] ?? 0));
  const remembered = last !== null && timelines[last] ? timelines[last].room : undefined;
  const calling = rooms.filter((room) => callsIn(room) > 0);
  if (calling.length > 0) return (calling.find(({ id }) => id === last) ?? calling[0])?.id ?? null;
  return (remembered ?? rooms.find(({ unread = 0 }) => unread > 0) ?? rooms[0])?.id ?? null;
}
