/** How much of a room calls the person. */
import type { Room, SetNotify } from "@/lib/protocol";
import { ask } from "./socket";
import { changeTimeline } from "./store";

export type Level = SetNotify["level"];

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
