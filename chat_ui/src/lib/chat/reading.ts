/** Tells the server what this person has seen, and which room this device really shows. */
import { ApiError } from "@/lib/api";
import { moveRead } from "./counts";
import { refreshRow } from "./incoming";
import { ask } from "./socket";
import { changeTimeline, useChat } from "./store";

const RETRY_MILLISECONDS = 2_000;

/** Rooms whose mark is on its way: the next one leaves when it is back. */
const marking = new Set<string>();

/** Mark everything applied in the room as read. */
export function markRead(room_id: string): void {
  const { timelines, me } = useChat.getState();
  const timeline = timelines[room_id];
  if (!timeline || marking.has(room_id)) return;
  const { room, position } = timeline;
  if (position <= (room.read_seq ?? 0) || !(room.unread || room.mentions)) return;
  void mark(room_id, position, me);
}

/** Move the read position back to just before a message, so that it waits to be read again. */
export async function markUnread({ room_id, seq }: { room_id: string; seq: number }): Promise<void> {
  await ask("read:unread", { room_id, seq });
  await refreshRow(room_id);
}

/** Move the read position on to where it was before. */
export async function markReadUpTo(room_id: string, seq: number): Promise<void> {
  await ask("read:mark", { room_id, seq });
  await refreshRow(room_id);
}

/** Say which room is in front of the person's eyes, so that no alert comes for it. */
export function tellFocus(room_id: string | null): void {
  if (useChat.getState().link !== "online") return;
  ask("focus", { room_id }).catch((error) => console.warn("Alerts may come for the room shown.", error));
}

/** Mark up to `seq`; the badge goes when the server knows, so that it never says less than is true. */
async function mark(room_id: string, seq: number, me: string): Promise<void> {
  marking.add(room_id);
  try {
    await ask("read:mark", { room_id, seq });
  } catch (error) {
    console.warn("The room could not be marked as read yet.", error);
    const may_help = error instanceof ApiError && error.body.retryable;
    // Without a link the page comes here again once there is one.
    if (may_help && useChat.getState().link === "online")
      setTimeout(() => void mark(room_id, seq, me), RETRY_MILLISECONDS);
    return;
  } finally {
    marking.delete(room_id);
  }
  changeTimeline(room_id, (timeline) => {
    const row = moveRead(timeline.room, seq, timeline.recent, me);
    return row ? { ...timeline, room: row } : timeline;
  });
}
