/** Loads a room's history, one page at a time: the latest, the pages above and below what is loaded, or those around a message. */
import { call } from "@/lib/api";
import type { Messages } from "@/lib/protocol";
import { changeTimeline, useChat } from "./store";
import { forgetMessages, type Place, placeBeyond, type Timeline, takePage, trim } from "./timeline";

const MESSAGES_PER_PAGE = 50;
// Enough to fill any screen when the room is shown again.
const KEPT_MESSAGES = 100;
// Of the rooms that were left, those whose messages stay; as many as are kept over a reload.
const MOST_LEFT = 100;
const ATTEMPTS = 3;

/** Pages on their way, by room and direction. */
const loading = new Map<string, Promise<void>>();
/** The rooms that were shown and left, the latest last. */
const left = new Set<string>();

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) left.clear();
});

export function loadLatest(room_id: string): Promise<void> {
  return once(`${room_id} latest`, () => loadPage(room_id, () => ({ latest: true })));
}

export function loadOlder(room_id: string): Promise<void> {
  return once(`${room_id} older`, () =>
    loadPage(room_id, (timeline) => (timeline.has_older ? placeBeyond(timeline, "older") : null)),
  );
}

export function loadNewer(room_id: string): Promise<void> {
  return once(`${room_id} newer`, () =>
    loadPage(room_id, (timeline) => (timeline.has_newer ? placeBeyond(timeline, "newer") : null)),
  );
}

/** Load the messages around a seq in place of those that are loaded. */
export function loadAround(room_id: string, seq: number): Promise<void> {
  return once(`${room_id} ${seq}`, () => loadPage(room_id, () => ({ around: seq })));
}

/** Say that a room is shown: its messages stay until it is left. */
export function holdHistory(room_id: string): void {
  left.delete(room_id);
}

/**
 * Keep only the end of a room that is not shown any more, or what is around a seq; of the room that was left longest ago
 * keep nothing, where there are too many.
 */
export function leaveHistory(room_id: string, around: number | null): void {
  changeTimeline(room_id, (timeline) => trim(timeline, KEPT_MESSAGES, around));
  left.delete(room_id);
  left.add(room_id);
  for (const oldest of [...left].slice(0, -MOST_LEFT)) {
    left.delete(oldest);
    changeTimeline(oldest, forgetMessages);
  }
}

function once(key: string, load: () => Promise<void>): Promise<void> {
  const running = loading.get(key);
  if (running) return running;
  const started = load().finally(() => loading.delete(key));
  loading.set(key, started);
  return started;
}

/** Load the page at the place that `choose` names; it names none where there is nothing to load. */
async function loadPage(room_id: string, choose: (timeline: Timeline) => Place | null): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { timelines, me } = useChat.getState();
    const timeline = timelines[room_id];
    const place = timeline ? choose(timeline) : null;
    if (!place) return;
    const query = new URLSearchParams({ limit: String(MESSAGES_PER_PAGE) });
    for (const [name, seq] of Object.entries(place)) if (name !== "latest") query.set(name, String(seq));
    const page = await call<Messages>("GET", `/api/rooms/${room_id}/messages?${query}`);
    let taken = false;
    changeTimeline(
      room_id,
      (current) => {
        const grown = takePage(current, place, page, me);
        taken = grown !== null;
        return grown ?? current;
      },
      { loaded: page.items },
    );
    if (taken) return;
  }
  throw new Error("The room moves faster than its history loads.");
}
