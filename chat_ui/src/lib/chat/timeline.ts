/**
 * One room as this client knows it. The promise: events are applied once each, in the order of seq, without a gap;
 * whatever comes out of turn is kept aside until room:sync has brought what is missing. The messages loaded are a window
 * onto the log: without a hole, and each as it is at `position`.
 */
import type { Messages, Room, RoomEvent, SyncedRoom } from "@/lib/protocol";
import { foldRow } from "./counts";
import { MessageRun } from "./message-run";
import { foldRun } from "./messages";
import { countReply, foldParted, type Parted, part, partMore, rootOf } from "./threads";

export interface Timeline {
  /** True at its own `head`, which a fresh row may have ahead of `position`. */
  room: Room;
  /** The seq of the last event applied to `messages`. */
  position: number;
  /** Events ahead of a gap, by seq. */
  aside: Map<number, RoomEvent>;
  /** The last events applied, in order: what a page that was read a moment ago may lack. */
  recent: RoomEvent[];
  /** Some of the log's messages, in a row without a hole; null until the room was shown. */
  messages: MessageRun | null;
  /** The same messages, parted into the room's rows and its threads. */
  parted: Parted | null;
  /** Messages that a page told as they are after events yet to come: up to which seq, by id. */
  foretold: Map<string, number>;
  /** False once the room's first message is loaded. */
  has_older: boolean;
  /** True while the row of messages ends before `position`: then what is written now is not appended to it. */
  has_newer: boolean;
}

/** Where a page of history was asked for: the latest, those before or after a seq, or those around it in place of all. */
export type Place = { latest: true } | { before: number } | { after: number } | { around: number };

// A page of history answers within seconds; even a busy room makes fewer events meanwhile.
const RECENT_EVENTS = 300;
// What is beyond comes with room:sync anyway.
const ASIDE_EVENTS = 1000;

export function startTimeline(room: Room): Timeline {
  const foretold = new Map<string, number>();
  const window = { messages: null, parted: null, has_older: true, has_newer: false };
  return { room, position: room.head, aside: new Map(), recent: [], foretold, ...window };
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
  const tail = synced.events.reduce((messages, event) => foldLoaded(messages, event, me), MessageRun.of([]));
  const fresh: Timeline = {
    ...timeline,
    room: synced.room ?? timeline.room,
    position: synced.head,
    recent: [],
    // An empty tail shows nothing, and a room that was never shown needs nothing: both load when they are shown.
    messages: timeline.messages && tail.length > 0 ? tail : null,
    parted: timeline.messages && tail.length > 0 ? part(tail.slice()) : null,
    foretold: new Map(),
    has_older: true,
    has_newer: false,
  };
  return drain(fresh, me);
}

/**
 * Take the page of history that was asked for at `place`, brought up to date with what was applied since it was read.
 * Returns null when it no longer fits, so that it has to be asked for again.
 */
export function takePage(timeline: Timeline, place: Place, page: Messages, me: string): Timeline | null {
  if ("before" in place && place.before !== timeline.messages?.at(0)?.seq) return null;
  if ("after" in place && place.after !== timeline.messages?.at(-1)?.seq) return null;
  const missed = timeline.recent.filter((event) => event.seq > page.head);
  if (page.head < timeline.position && missed.length !== timeline.position - page.head) return null;
  // What lies ahead of the position is left for its event.
  const items = page.items.filter((item) => item.seq <= timeline.position);
  const ends = page.next === null || items.length < page.items.length;
  const loaded = MessageRun.of(items);
  const replaces = !("before" in place || "after" in place);
  const foretold = new Map(replaces ? [] : timeline.foretold);
  for (const { id } of items) foretold.set(id, page.head);
  const window = { foretold: yetToCome(foretold, timeline.position) };
  if ("before" in place) {
    const older = missed.reduce((run, event) => foldOnlyChanges(run, event, me), loaded);
    const messages = timeline.messages?.prepend(older.slice()) ?? null;
    const parted = timeline.parted && partMore(timeline.parted, older.slice(), "prepend");
    return { ...timeline, ...window, messages, parted, has_older: hasOlder(page) };
  }
  // Only where the page reaches what was the end when it was read, the messages written since go on from it.
  const fold = ends ? foldLoaded : foldOnlyChanges;
  const newer = missed.reduce((run, event) => fold(run, event, me), loaded);
  if (replaces) {
    const parted = part(newer.slice());
    return { ...timeline, ...window, messages: newer, parted, has_older: hasOlder(page), has_newer: !ends };
  }
  const messages = timeline.messages?.append(newer.slice()) ?? null;
  const parted = timeline.parted && partMore(timeline.parted, newer.slice(), "append");
  return { ...timeline, ...window, messages, parted, has_newer: !ends };
}

/** Return where the page that follows in that direction is asked for. */
export function placeBeyond({ messages }: Timeline, direction: "older" | "newer"): Place {
  const edge = messages?.at(direction === "older" ? 0 : -1);
  if (!edge) return { latest: true };
  return direction === "older" ? { before: edge.seq } : { after: edge.seq };
}

/** Tell whether the message at `seq` is among those loaded, or would be if there was one. */
export function covers({ messages, has_older, has_newer }: Timeline, seq: number): boolean {
  const [first, last] = [messages?.at(0), messages?.at(-1)];
  if (!first || !last) return messages !== null && !has_older && !has_newer;
  return (!has_older || first.seq <= seq) && (!has_newer || seq <= last.seq);
}

/** Forget all but some messages, the last ones or those around a seq, so that a day of reading does not fill the memory. */
export function trim(timeline: Timeline, keep: number, around: number | null = null): Timeline {
  const { messages } = timeline;
  if (!messages || messages.length <= keep) return timeline;
  const middle = around === null ? messages.length : messages.placeOf(around) + Math.ceil(keep / 2);
  const to = Math.min(messages.length, Math.max(keep, middle));
  const kept = messages.cut(to - keep, to);
  return {
    ...timeline,
    messages: kept,
    parted: part(kept.slice()),
    has_older: timeline.has_older || to > keep,
    has_newer: timeline.has_newer || to < messages.length,
  };
}

/** Forget all messages, as if the room had not been shown yet. */
export function forgetMessages(timeline: Timeline): Timeline {
  const { messages, parted, foretold, has_older, has_newer } = startTimeline(timeline.room);
  return { ...timeline, messages, parted, foretold, has_older, has_newer };
}

/** Messages are numbered from 1; where the earlier ones are not to be seen, the page above them is empty. */
function hasOlder({ items }: Messages): boolean {
  return items.length > 0 && Math.min(...items.map((message) => message.n)) > 1;
}

/** Return the run after an event that the messages in it do not know yet. */
function foldLoaded(run: MessageRun, event: RoomEvent, me: string): MessageRun {
  const folded = foldRun(run, event, me);
  return event.type === "message.created" ? countReply(folded, event.message) : folded;
}

/** Do the same where what is written now does not follow on the run. */
function foldOnlyChanges(run: MessageRun, event: RoomEvent, me: string): MessageRun {
  return event.type === "message.created" ? countReply(run, event.message) : foldRun(run, event, me);
}

function apply(timeline: Timeline, event: RoomEvent, me: string): Timeline {
  return {
    ...timeline,
    position: event.seq,
    room: event.seq === timeline.room.head + 1 ? foldRow(timeline.room, event, me) : timeline.room,
    recent: [...timeline.recent.slice(1 - RECENT_EVENTS), event],
    ...foldWindow(timeline, event, me),
    foretold: yetToCome(timeline.foretold, event.seq),
  };
}

function foldWindow(timeline: Timeline, event: RoomEvent, me: string): Pick<Timeline, "messages" | "parted"> {
  const { messages, parted, has_newer } = timeline;
  if (!messages) return { messages, parted };
  const is_foretold = isForetold(timeline, event);
  if (event.type !== "message.created") {
    if (is_foretold) return { messages, parted };
    const changed = parted && foldParted(parted, event, { me, grows: false, counts: false });
    return { messages: foldRun(messages, event, me), parted: changed };
  }
  const grows = !has_newer && event.seq > (messages.at(-1)?.seq ?? 0);
  const grown = grows ? messages.append([event.message]) : messages;
  return {
    messages: is_foretold ? grown : countReply(grown, event.message),
    parted: parted && foldParted(parted, event, { me, grows, counts: !is_foretold }),
  };
}

/** Tell whether the message that the event changes was told as it is after it; a reply changes the one that it hangs under. */
function isForetold({ foretold }: Timeline, event: RoomEvent): boolean {
  const changed = event.type === "message.created" ? rootOf(event.message) : "id" in event ? event.id : null;
  return changed !== null && (foretold.get(changed) ?? 0) >= event.seq;
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
