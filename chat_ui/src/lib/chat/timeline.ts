/**
 * One room as this client knows it. The promise: events are applied once each, in the order of seq, without a gap;
 * whatever comes out of turn is kept aside until room:sync has brought what is missing.
 */
import type { AnyMessage, Messages, Room, RoomEvent, SyncedRoom } from "@/lib/protocol";
import { foldRow } from "./counts";
import { foldMessages, merge } from "./messages";

export interface Timeline {
  /** True at its own `head`, which a fresh row may have ahead of `position`. */
  room: Room;
  /** The seq of the last event applied to `messages`. */
  position: number;
  /** Events ahead of a gap, by seq. */
  aside: Map<number, RoomEvent>;
  /** The last events applied, in order: what a page that was read a moment ago may lack. */
  recent: RoomEvent[];
  /** A run of the log's messages without a hole, up to `position`; null until the room was shown. */
  messages: AnyMessage[] | null;
  /** Messages that a page told as they are after events yet to come: up to which seq, by id. */
  foretold: Map<string, number>;
  /** False once the room's first message is loaded. */
  has_older: boolean;
}

// A page of history answers within seconds; even a busy room makes fewer events meanwhile.
const RECENT_EVENTS = 300;
// What is beyond comes with room:sync anyway.
const ASIDE_EVENTS = 1000;

export function startTimeline(room: Room): Timeline {
  const foretold = new Map<string, number>();
  return { room, position: room.head, aside: new Map(), recent: [], messages: null, foretold, has_older: true };
}

/** Tell whether events are known to exist that this client has not applied. */
export function isBehind(timeline: Timeline): boolean {
  return timeline.position < timeline.room.head || timeline.aside.size > 0;
}

/** Take one event: apply it and what was waiting for it, drop it if it is old, or keep it aside. */
export function receive(timeline: Timeline, event: RoomEvent, me: string): Timeline {
  if (event.seq <= timeline.position) return timeline;
  if (event.seq > timeline.position + 1) {
    if (timeline.aside.size >= ASIDE_EVENTS) return timeline;
    return { ...timeline, aside: new Map(timeline.aside).set(event.seq, event) };
  }
  return drain(apply(timeline, event, me), me);
}

/** Take a row that the server told anew, true at its own head. */
export function takeRow(timeline: Timeline, room: Room, me: string): Timeline {
  const missed = timeline.recent.filter((event) => event.seq > room.head);
  if (room.head >= timeline.position) return { ...timeline, room };
  if (missed.length !== timeline.position - room.head) return timeline;
  return { ...timeline, room: missed.reduce((row, event) => foldRow(row, event, me), room) };
}

/** Take one room's part of a room:sync answer. */
export function takeSync(timeline: Timeline, synced: SyncedRoom, me: string): Timeline {
  if (!synced.reset) return synced.events.reduce((folded, event) => receive(folded, event, me), timeline);
  const tail = synced.events.reduce<AnyMessage[]>((messages, event) => foldMessages(messages, event, me), []);
  const fresh: Timeline = {
    ...timeline,
    room: synced.room ?? timeline.room,
    position: synced.head,
    recent: [],
    // An empty tail shows nothing, and a room that was never shown needs nothing: both load when they are shown.
    messages: timeline.messages && tail.length > 0 ? tail : null,
    foretold: new Map(),
    has_older: true,
  };
  return drain(fresh, me);
}

/**
 * Take the page of history that was asked for with `before` (null: the latest), brought up to date with what was
 * applied since it was read. Returns null when it no longer fits, so that it has to be asked for again.
 */
export function takePage(timeline: Timeline, before: number | null, page: Messages, me: string): Timeline | null {
  if (before !== firstSeq(timeline)) return null;
  const missed = timeline.recent.filter((event) => event.seq > page.head);
  if (page.head < timeline.position && missed.length !== timeline.position - page.head) return null;
  const items = page.items.filter((item) => item.seq <= timeline.position);
  // Only what the page may lack: the messages that are loaded have these events already, and a reaction counts once.
  const upToDate = missed.reduce((list, event) => foldMessages(list, event, me), items);
  const messages = merge(timeline.messages ?? [], upToDate);
  const foretold = new Map(timeline.foretold);
  for (const { id } of items) foretold.set(id, page.head);
  return { ...timeline, messages, foretold: yetToCome(foretold, timeline.position), has_older: hasOlder(page) };
}

/** Return the seq of the first message loaded, which is what the page above it is asked for with. */
export function firstSeq(timeline: Timeline): number | null {
  return timeline.messages?.[0]?.seq ?? null;
}

/** Forget all but the last messages, so that a day of reading does not fill the memory. */
export function trim(timeline: Timeline, keep: number): Timeline {
  if (!timeline.messages || timeline.messages.length <= keep) return timeline;
  return { ...timeline, messages: timeline.messages.slice(-keep), has_older: true };
}

/** Messages are numbered from 1; where the earlier ones are not to be seen, the page above them is empty. */
function hasOlder({ items }: Messages): boolean {
  return items.length > 0 && Math.min(...items.map((message) => message.n)) > 1;
}

function apply(timeline: Timeline, event: RoomEvent, me: string): Timeline {
  return {
    ...timeline,
    position: event.seq,
    room: event.seq === timeline.room.head + 1 ? foldRow(timeline.room, event, me) : timeline.room,
    recent: [...timeline.recent.slice(1 - RECENT_EVENTS), event],
    messages:
      timeline.messages &&
      (isForetold(timeline, event) ? timeline.messages : foldMessages(timeline.messages, event, me)),
    foretold: yetToCome(timeline.foretold, event.seq),
  };
}

function isForetold({ foretold }: Timeline, event: RoomEvent): boolean {
  return "id" in event && (foretold.get(event.id) ?? 0) >= event.seq;
}

function yetToCome(foretold: Map<string, number>, position: number): Map<string, number> {
  if (foretold.size === 0) return foretold;
  return new Map([...foretold].filter(([, head]) => head > position));
}

function drain(timeline: Timeline, me: string): Timeline {
  if (timeline.aside.size === 0) return timeline;
  const aside = new Map([...timeline.aside].filter(([seq]) => seq > timeline.position));
  let drained: Timeline = { ...timeline, aside };
  for (let next = aside.get(drained.position + 1); next; next = aside.get(drained.position + 1)) {
    aside.delete(next.seq);
    drained = apply(drained, next, me);
  }
  return drained;
}
