/** How many messages call the person: the red numbers of the list, without the rooms that are muted. */
import { isMuted } from "@/lib/chat/notify";
import type { Timeline } from "@/lib/chat/timeline";
import type { Room } from "@/lib/protocol";

export function countCalls(timelines: Record<string, Pick<Timeline, "room">>, now = Date.now()): number {
  let calls = 0;
  for (const id in timelines) calls += callsOf(timelines[id]?.room, now);
  return calls;
}

/** In a conversation every message is meant for me, unless I want to hear of mentions alone. */
function callsOf(room: Room | undefined, now: number): number {
  if (!room || isMuted(room, now)) return 0;
  const only_mentions = room.kind === "channel" || room.notify?.level === "mentions";
  return (only_mentions ? room.mentions : room.unread) ?? 0;
}
