/** Loads a room's history upwards, one page at a time. */
import { call } from "@/lib/api";
import type { Messages } from "@/lib/protocol";
import { changeTimeline, useChat } from "./store";
import { firstSeq, takePage, trim } from "./timeline";

const MESSAGES_PER_PAGE = 50;
// The most that the server gives at once.
const MESSAGES_PER_LONG_PAGE = 100;
// Enough to fill any screen when the room is shown again.
const KEPT_MESSAGES = 100;
const ATTEMPTS = 3;

/** Rooms with a page on its way. */
const loading = new Map<string, Promise<void>>();

/** Load the latest page, or the one above what is loaded. */
export function loadHistory(room_id: string): Promise<void> {
  const running = loading.get(room_id);
  if (running) return running;
  const load = loadPage(room_id).finally(() => loading.delete(room_id));
  loading.set(room_id, load);
  return load;
}

/** Keep only the end of a room that is not shown any more. */
export function trimHistory(room_id: string): void {
  changeTimeline(room_id, (timeline) => trim(timeline, KEPT_MESSAGES));
}

async function loadPage(room_id: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { timelines, me } = useChat.getState();
    const timeline = timelines[room_id];
    if (!timeline?.has_older) return;
    const before = firstSeq(timeline);
    // Who left much unread sees it sooner with fewer, longer pages.
    const wanted = (timeline.room.unread ?? 0) > MESSAGES_PER_PAGE ? MESSAGES_PER_LONG_PAGE : MESSAGES_PER_PAGE;
    const query = new URLSearchParams({ limit: String(wanted) });
    if (before !== null) query.set("before", String(before));
    const page = await call<Messages>("GET", `/api/rooms/${room_id}/messages?${query}`);
    let taken = false;
    changeTimeline(room_id, (current) => {
      const grown = takePage(current, before, page, me);
      taken = grown !== null;
      return grown ?? current;
    });
    if (taken) return;
  }
  throw new Error("The room moves faster than its history loads.");
}
