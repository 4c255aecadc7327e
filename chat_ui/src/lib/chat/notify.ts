/** How much of a room calls the person. */
import { dayNumber, momentOf } from "@/lib/i18n/time-zone";
import type { Room, SetNotify } from "@/lib/protocol";
import { ask } from "./socket";
import { changeTimeline } from "./store";

export type Level = SetNotify["level"];

export const LEVELS = ["all", "mentions", "none"] as const satisfies Level[];
/** For how long a room may be muted. */
export const MUTES = ["hour", "hours", "tomorrow"] as const;
export type Mute = (typeof MUTES)[number];

const HOUR_MILLISECONDS = 3_600_000;
export const HOURS_MUTED = 8;
const MORNING_HOUR = 8;

export async function setNotify(room_id: string, level: Level, until: Date | null): Promise<void> {
  const notify = { level, muted_until: until?.toISOString() ?? null };
  await ask("room:notify", { room_id, ...notify });
  // The other devices are told; this one knows.
  changeTimeline(room_id, (timeline) => ({ ...timeline, room: { ...timeline.room, notify } }));
}

/** Tell whether the room is to be quiet now. */
export function isMuted({ notify }: Pick<Room, "notify">, now = Date.now()): boolean {
  if (!notify) return false;
  return notify.level === "none" || (notify.muted_until !== null && Date.parse(notify.muted_until) > now);
}

/** Return until when the room is muted; null where nothing ends. */
export function mutedUntil(room: Pick<Room, "notify">, now = Date.now()): Date | null {
  const until = room.notify?.muted_until;
  return until && room.notify?.level !== "none" && isMuted(room, now) ? new Date(until) : null;
}

/** Return when a mute ends that begins now; the morning is that of where the person is. */
export function endOfMute(mute: Mute, now: Date): Date {
  if (mute === "tomorrow") return momentOf(dayNumber(now) + 1, MORNING_HOUR);
  return new Date(now.getTime() + (mute === "hour" ? 1 : HOURS_MUTED) * HOUR_MILLISECONDS);
}
