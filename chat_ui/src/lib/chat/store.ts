/** What the client knows of the chat, in one place; only this folder writes it. */
import { useCallback, useSyncExternalStore } from "react";
import { create } from "zustand";
import { Followers } from "@/lib/followers";
import type { AnyMessage, Noticed, Room } from "@/lib/protocol";
import { hear, settle, type Unsent } from "./outbox";
import { loadOutbox, saveOutbox } from "./outbox-storage";
import type { Timeline } from "./timeline";

/** online: ready and live · connecting: at it · offline: the last attempt failed · ended: closed for good by the server. */
export type Link = "online" | "connecting" | "offline" | "ended";

/** What the page found when it was live again. */
export interface Back {
  away_milliseconds: number;
  /** The messages that waited. */
  cids: string[];
  /** How many messages each room has more than before; those that were sent from here are not among them. */
  missed: Record<string, number>;
}

export interface Chat {
  me: string;
  link: Link;
  /** Whether the list of rooms came once. */
  loaded: boolean;
  /**
   * Each room by its id. These three are changed in place, so that an event costs the same with one room as with a
   * thousand: what shows one room follows that room alone, by `useInRoom`.
   */
  timelines: Record<string, Timeline>;
  /** When a room last had a message, as a rank: the greater, the more recent. */
  activity: Record<string, number>;
  /** Direct rooms that were left, hidden until their next message. */
  hidden: Record<string, boolean>;
  outbox: Unsent[];
  /** Whether this browser keeps the outbox over a reload. */
  kept: boolean;
  /** When the page was last live and ceased to be, in milliseconds; null while it is live, and before it ever was. */
  lost_at: number | null;
  /** When the next attempt to connect begins, in milliseconds; null while one is made, or nothing is to be attempted. */
  next_try: number | null;
  /** What the last time without a connection left behind; null until the page is back from one. */
  back: Back | null;
  notices: (Noticed & { key: number })[];
}

const nothing = (): Chat => ({
  me: "",
  link: "connecting",
  loaded: false,
  timelines: {},
  activity: {},
  hidden: {},
  outbox: [],
  kept: true,
  lost_at: null,
  next_try: null,
  back: null,
  notices: [],
});

export const useChat = create<Chat>(nothing);

/** Those who show one room. */
const inRoom = new Followers();
/** Those who keep something true of all rooms, told which ones changed; null stands for all. */
const overRooms = new Set<(changed: readonly string[] | null) => void>();

/** Return what is selected of one room. What happens in another one is no reason to look. */
export function useInRoom<Found>(room_id: string, select: (timeline: Timeline | undefined) => Found): Found {
  const follow = useCallback((listener: () => void) => inRoom.follow(room_id, listener), [room_id]);
  return useSyncExternalStore(follow, () => select(useChat.getState().timelines[room_id]));
}

/** Return a room's row. */
export function useRoom(room_id: string): Room | undefined {
  return useInRoom(room_id, roomOf);
}

function roomOf(timeline: Timeline | undefined): Room | undefined {
  return timeline?.room;
}

/** Tell `listener` which rooms changed. */
export function followRooms(listener: (changed: readonly string[] | null) => void): () => void {
  overRooms.add(listener);
  return () => overRooms.delete(listener);
}

useChat.subscribe((chat, before) => {
  if (chat.timelines === before.timelines) return;
  for (const listener of overRooms) listener(null);
  inRoom.tellAll();
});

/** True while a change comes from another tab, which has stored it. */
let hearing = false;

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me || chat.outbox === before.outbox || hearing) return;
  const saved = saveOutbox(chat.me, before.outbox, chat.outbox);
  const kept = saved && (chat.kept || chat.outbox.length === 0);
  if (kept !== chat.kept) useChat.setState({ kept });
});

/** Start with what this browser kept for the person. */
export function resetChat(me: string): void {
  useChat.setState({ ...nothing(), me, outbox: me ? loadOutbox(me) : [] }, true);
}

/** The number of messages that each room had when the connection went. */
const leftAs = new Map<string, number>();

function comeBack(lost_at: number, { outbox, timelines }: Pick<Chat, "outbox" | "timelines">): Back {
  const cids = outbox.filter(({ state }) => state !== "failed").map(({ cid }) => cid);
  const missed = Object.entries(timelines).flatMap(([room_id, { room }]): [string, number][] => {
    const count = room.n - (leftAs.get(room_id) ?? room.n);
    return count > 0 ? [[room_id, count]] : [];
  });
  return { away_milliseconds: Date.now() - lost_at, cids, missed: Object.fromEntries(missed) };
}

/** Say when the next attempt to connect begins. */
export function setNextTry(next_try: number): void {
  useChat.setState({ next_try });
}

export function forgetBack(): void {
  useChat.setState({ back: null });
}

/** Say how the connection stands. */
export function setLink(link: Link): void {
  useChat.setState((chat) => {
    const { lost_at, outbox, timelines } = chat;
    if (link === "online") {
      // Before anything of it is sent, and before anything that was missed is read.
      const back = lost_at === null ? null : comeBack(lost_at, { outbox, timelines });
      if (back) leftAs.clear();
      return { link, lost_at: null, next_try: null, back };
    }
    if (chat.link !== "online") return { link, next_try: null };
    for (const [room_id, { room }] of Object.entries(timelines)) leftAs.set(room_id, room.n);
    return { link, lost_at: Date.now(), next_try: null, back: null };
  });
}

export function changeOutbox(change: (outbox: Unsent[]) => Unsent[]): void {
  useChat.setState(({ outbox }) => ({ outbox: change(outbox) }));
}

/** Take what another tab made of a message; null says that it is gone. */
export function hearOutbox(cid: string, unsent: Unsent | null): void {
  hearing = true;
  changeOutbox((outbox) => hear(outbox, cid, unsent));
  hearing = false;
}

/** What comes with a change of a room. */
interface Beside {
  /** Messages that a page brought. */
  loaded?: readonly AnyMessage[];
  /** The room's place in the list, where it had something new. */
  rank?: number;
}

/**
 * Change a room's timeline; bubbles whose message came in with the change, by an event or with a page, go in the same
 * step, so none shows twice.
 */
export function changeTimeline(
  room_id: string,
  change: (timeline: Timeline) => Timeline,
  { loaded = [], rank }: Beside = {},
): void {
  const before = useChat.getState().timelines[room_id];
  const after = before && change(before);
  if (!before || !after || (after === before && rank === undefined)) return;
  changeRooms([room_id], ({ timelines, activity, hidden, outbox, me }) => {
    timelines[room_id] = after;
    if (rank !== undefined) {
      activity[room_id] = rank;
      hidden[room_id] = false;
    }
    if (!outbox.some((unsent) => unsent.room_id === room_id)) return {};
    const arrived = [...loaded];
    for (let at = after.recent.length - 1; at >= 0; at -= 1) {
      const event = after.recent[at];
      if (!event || event.seq <= before.position) break;
      if (event.type === "message.created") arrived.push(event.message);
    }
    return { outbox: settle(outbox, { room_id, position: after.position, arrived, me }) };
  });
}

export function putTimeline(room_id: string, timeline: Timeline): void {
  changeRooms([room_id], ({ timelines }) => {
    timelines[room_id] = timeline;
    return {};
  });
}

/** A room as it is put into the list; without a rank it keeps its place. */
export interface Placed {
  timeline: Timeline;
  rank: number | null;
  hidden?: boolean;
}

/** Put rooms into the list, all in one step: each step has everything that shows the list look whether it changed. */
export function placeRooms(placed: readonly Placed[]): void {
  const ids = placed.map(({ timeline }) => timeline.room.id);
  changeRooms(ids, ({ timelines, activity, hidden }) => {
    for (const { timeline, rank, hidden: is_hidden } of placed) {
      const { id } = timeline.room;
      timelines[id] = timeline;
      if (rank !== null) activity[id] = rank;
      hidden[id] = is_hidden ?? false;
    }
    return {};
  });
}

export function dropTimeline(room_id: string): void {
  changeRooms([room_id], ({ timelines }) => {
    delete timelines[room_id];
    return {};
  });
}

/** Hide a room until its next message, or show it again. */
export function setHidden(room_id: string, is_hidden: boolean): void {
  changeRooms([room_id], ({ hidden }) => {
    hidden[room_id] = is_hidden;
    return {};
  });
}

/** Change rooms in place. What is kept true of all rooms is so before anything that shows it looks. */
function changeRooms(changed: readonly string[], change: (chat: Chat) => Partial<Chat>): void {
  const beside = change(useChat.getState());
  for (const listener of overRooms) listener(changed);
  useChat.setState(beside);
  for (const room_id of changed) inRoom.tell(room_id);
}

export function dismissNotice(key: number): void {
  useChat.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.key !== key) }));
}
