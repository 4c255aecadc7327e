/** How many messages call the person: the red numbers of the list, without the rooms that are muted. */
import type { Room } from "@/lib/protocol";
import { useDoneMentions } from "./done-mentions";
import { isMuted } from "./notify";
import { useChat } from "./store";
import { waitingRooms } from "./waiting-rooms";

export function countCalls(rooms: readonly Room[], now = Date.now()): number {
  return rooms.reduce((sum, room) => sum + callsIn(room, now), 0);
}

/** In a conversation every message is meant for me, unless I want to hear of mentions alone. */
export function callsIn(room: Room, now = Date.now()): number {
  if (isMuted(room, now)) return 0;
  const only_mentions = room.kind === "channel" || room.notify?.level === "mentions";
  return (only_mentions ? room.mentions : room.unread) ?? 0;
}

/** Return how many call in all rooms, without those that were called done. */
export function useCalls(): number {
  return useCallsIn(isAny);
}

/** Return how many of them call in conversations. */
export function useDirectCalls(): number {
  return useCallsIn(isConversation);
}

function useCallsIn(wanted: (room: Room) => boolean): number {
  const done = useDoneMentions();
  return useChat(() => {
    const answered = (room: Room) => (done[room.id] ?? []).filter((seq) => seq > (room.read_seq ?? 0)).length;
    return waitingRooms()
      .filter(wanted)
      .reduce((sum, room) => sum + Math.max(0, callsIn(room) - answered(room)), 0);
  });
}

function isAny(): boolean {
  return true;
}

function isConversation({ kind }: Room): boolean {
  return kind !== "channel";
}
