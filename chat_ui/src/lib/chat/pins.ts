/** What is pinned to the rooms that were opened: read once, and kept true by the events of the room. */
import { useEffect } from "react";
import { create } from "zustand";
import { call } from "@/lib/api";
import type { Message, Messages, RoomEvent } from "@/lib/protocol";
import { ask } from "./socket";
import { useChat } from "./store";
import type { Timeline } from "./timeline";

export interface Pins {
  /** The pinned messages, last pinned first. */
  ids: readonly string[];
  /** The seq up to which that is true. */
  position: number;
}

const PAGES_AT_MOST = 10;
// The rooms opened last.
const ROOMS = 50;
const NONE: readonly string[] = [];

const usePins = create<{ rooms: ReadonlyMap<string, Pins> }>(() => ({ rooms: new Map() }));
const reading = new Set<string>();

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) usePins.setState({ rooms: new Map() });
});

export function usePinned(room_id: string): readonly string[] {
  return usePins(({ rooms }) => rooms.get(room_id)?.ids ?? NONE);
}

export function useIsPinned(room_id: string, id: string): boolean {
  return usePins(({ rooms }) => rooms.get(room_id)?.ids.includes(id) ?? false);
}

export function isPinned({ room_id, id }: Message): boolean {
  return usePins.getState().rooms.get(room_id)?.ids.includes(id) ?? false;
}

export async function pin({ room_id, id }: Message, pinned: boolean): Promise<void> {
  await ask(pinned ? "message:pin" : "message:unpin", { room_id, id });
}

/** Know what is pinned to the room while it is open. */
export function useKeptPins(timeline: Timeline | undefined): void {
  const online = useChat(({ link }) => link === "online");
  useEffect(() => {
    if (!timeline) return;
    const room_id = timeline.room.id;
    const known = usePins.getState().rooms.get(room_id);
    const followed = known ? followPins(known, timeline) : null;
    if (followed && followed !== known) keep(room_id, followed);
    if (!followed && online) void readPins(room_id);
  }, [timeline, online]);
}

/** Return the pins brought up to the timeline's position, or null where that takes a new reading. */
export function followPins(pins: Pins, { position, recent }: Pick<Timeline, "position" | "recent">): Pins | null {
  if (pins.position >= position) return pins;
  const missed = recent.filter(({ seq }) => seq > pins.position);
  if (missed.length !== position - pins.position) return null;
  return { ids: missed.reduce(foldPins, pins.ids), position };
}

function foldPins(ids: readonly string[], event: RoomEvent): readonly string[] {
  switch (event.type) {
    case "message.pinned":
      return [event.id, ...ids.filter((id) => id !== event.id)];
    case "message.unpinned":
    case "message.deleted":
      return ids.includes(event.id) ? ids.filter((id) => id !== event.id) : ids;
    default:
      return ids;
  }
}

async function readPins(room_id: string): Promise<void> {
  if (reading.has(room_id)) return;
  reading.add(room_id);
  try {
    const ids: string[] = [];
    let position = Number.POSITIVE_INFINITY;
    let cursor: string | null = null;
    for (let pages = 0; pages < PAGES_AT_MOST; pages += 1) {
      const query: string = cursor === null ? "" : `?cursor=${cursor}`;
      const page: Messages = await call<Messages>("GET", `/api/rooms/${room_id}/pins${query}`);
      ids.push(...page.items.filter(({ deleted }) => !deleted).map(({ id }) => id));
      // What changed since the first page was read is folded in again, which changes nothing twice.
      position = Math.min(position, page.head);
      cursor = page.next;
      if (cursor === null) break;
    }
    keep(room_id, { ids, position });
  } catch (error) {
    console.warn("What is pinned could not be loaded yet.", error);
  } finally {
    reading.delete(room_id);
  }
}

function keep(room_id: string, pins: Pins): void {
  usePins.setState(({ rooms }) => {
    const others = [...rooms].filter(([id]) => id !== room_id).slice(1 - ROOMS);
    return { rooms: new Map(others).set(room_id, pins) };
  });
}
