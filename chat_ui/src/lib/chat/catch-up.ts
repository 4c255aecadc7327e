/** Closes the gaps: asks room:sync for every room that is behind, until none is. */
import type { AnyMessage, ErrorBody, RoomEvent, Synced } from "@/lib/protocol";
import { forgetQuoted } from "./quoted";
import { ask } from "./socket";
import { changeTimeline, dropTimeline, useChat } from "./store";
import { foldFollowing } from "./thread-follows";
import { isBehind, takeSync } from "./timeline";

// The most that the server takes in one call.
const ROOMS_PER_CALL = 500;
const PAUSE_MILLISECONDS = 1_000;
const GONE = ["not_found", "not_a_member", "banned", "forbidden"];

let running = false;

export async function catchUp(): Promise<void> {
  if (running) return;
  running = true;
  try {
    for (let cursors = behind(); cursors && useChat.getState().link === "online"; cursors = behind()) {
      if (!(await syncOnce(cursors))) await pause();
    }
  } finally {
    running = false;
  }
}

function behind(): Record<string, number> | null {
  const rooms = Object.entries(useChat.getState().timelines).filter(([, timeline]) => isBehind(timeline));
  const cursors = rooms.slice(0, ROOMS_PER_CALL).map(([room_id, { position }]) => [room_id, position]);
  return cursors.length > 0 ? Object.fromEntries(cursors) : null;
}

/** Ask once, and return whether any room got further. */
async function syncOnce(cursors: Record<string, number>): Promise<boolean> {
  let reply: Synced;
  try {
    reply = await ask("room:sync", { rooms: cursors });
  } catch (error) {
    console.warn("Catching up failed; trying again.", error);
    return false;
  }
  const { me } = useChat.getState();
  for (const [room_id, synced] of Object.entries(reply.rooms)) {
    if ("error" in synced) refused(room_id, synced.error);
    else {
      changeTimeline(room_id, (timeline) => takeSync(timeline, synced, me), { loaded: writtenIn(synced.events) });
      for (const event of synced.events) {
        forgetQuoted(event);
        foldFollowing(event, me);
      }
    }
  }
  const { timelines } = useChat.getState();
  return Object.entries(cursors).some(([room_id, position]) => timelines[room_id]?.position !== position);
}

function writtenIn(events: RoomEvent[]): AnyMessage[] {
  return events.flatMap((event) => (event.type === "message.created" ? [event.message] : []));
}

function refused(room_id: string, error: ErrorBody): void {
  if (GONE.includes(error.code)) dropTimeline(room_id);
  else console.warn(`Room ${room_id} could not catch up yet.`, error);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
}
