/** Why one may not write in a room now, and until when; a mute that is over is forgotten by itself. */
import { useEffect } from "react";
import type { Room } from "@/lib/protocol";
import { changeTimeline } from "./store";

export type Closed = { because: "archived" | "reader" } | { because: "muted"; until: Date | null };

/** The year of a mute without an end. */
const FOREVER = "9999";
// The browser's timers count no further than 24 days.
const LONGEST_WAIT_MILLISECONDS = 2 ** 31 - 1;

/** Return why one may not write; null where one may. */
export function closedBecause({ archived, role, muted_until }: Room, now = Date.now()): Closed | null {
  if (archived) return { because: "archived" };
  if (role === "reader") return { because: "reader" };
  if (!muted_until || Date.parse(muted_until) <= now) return null;
  return { because: "muted", until: muted_until.startsWith(FOREVER) ? null : new Date(muted_until) };
}

/** Let the room be written in again as soon as one's mute is over. */
export function useMuteEnding({ id, muted_until }: Pick<Room, "id" | "muted_until">): void {
  useEffect(() => {
    if (!muted_until) return;
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const left = Date.parse(muted_until) - Date.now();
      if (left > 0) timer = setTimeout(look, Math.min(left, LONGEST_WAIT_MILLISECONDS));
      else changeTimeline(id, (timeline) => ({ ...timeline, room: withoutMute(timeline.room, muted_until) }));
    };
    look();
    return () => clearTimeout(timer);
  }, [id, muted_until]);
}

/** Return the row without the mute that is over; another one may have come since. */
function withoutMute(room: Room, over: string): Room {
  if (room.muted_until !== over) return room;
  const { muted_until: _, ...rest } = room;
  return rest;
}
