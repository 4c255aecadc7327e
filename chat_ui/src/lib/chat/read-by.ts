/** How far others have read, as far as it was told since the page was loaded; rooms of many people do not tell. */
import { create } from "zustand";
import type { Message } from "@/lib/protocol";
import type { MessageRun } from "./message-run";
import { useChat, useInRoom } from "./store";

export type Positions = Readonly<Record<string, number>>;

// The rooms that moved last.
const ROOMS = 50;
const NOBODY: Positions = {};

const useReadBy = create<{ rooms: ReadonlyMap<string, Positions> }>(() => ({ rooms: new Map() }));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) useReadBy.setState({ rooms: new Map() });
});

export function usePositions(room_id: string): Positions {
  return useReadBy(({ rooms }) => rooms.get(room_id) ?? NOBODY);
}

export function notePositions(room_id: string, moved: Positions): void {
  useReadBy.setState(({ rooms }) => {
    const others = [...rooms].filter(([id]) => id !== room_id).slice(1 - ROOMS);
    return { rooms: new Map(others).set(room_id, foldPositions(rooms.get(room_id) ?? NOBODY, moved)) };
  });
}

/** Who writes has read what is above. */
export function noteWritten(room_id: string, sender: string, seq: number): void {
  const known = useReadBy.getState().rooms.get(room_id) ?? NOBODY;
  if (seq > (known[sender] ?? 0)) notePositions(room_id, { [sender]: seq });
}

/** A position also moves back: it says what is read, not what was. */
export function foldPositions(known: Positions, moved: Positions): Positions {
  const changed = Object.entries(moved).some(([id, seq]) => seq !== known[id]);
  return changed ? { ...known, ...moved } : known;
}

/**
 * Return how many of how many people have read the message, its author aside; null where nobody has told so, and for a
 * reply in a thread, which is not read with its room.
 */
export function useReadCount(message: Message, me: string): { count: number; of: number } | null {
  const positions = usePositions(message.room_id);
  const members = useInRoom(message.room_id, (timeline) => timeline?.room.member_count) ?? 0;
  return countReaders(message, positions, { me, members });
}

export function countReaders(
  { sender, seq, thread }: Pick<Message, "sender" | "seq" | "thread">,
  positions: Positions,
  { me, members }: { me: string; members: number },
): { count: number; of: number } | null {
  const others = Object.entries(positions).filter(([id, read]) => id !== sender && id !== me && read >= seq).length;
  if (thread || others === 0) return null;
  const of = Math.max(1, members - 1);
  // Some may have left since.
  return { count: Math.min(of, others + (sender === me ? 0 : 1)), of };
}

/** Return who has read which row as the newest, by its id: others than `me`, and not who wrote it. */
export function readersOf(
  rows: MessageRun,
  positions: Positions,
  { me, has_newer }: { me: string; has_newer: boolean },
): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const [id, seq] of Object.entries(positions)) {
    const place = rows.placeOf(seq + 1) - 1;
    const row = place < 0 ? undefined : rows.at(place);
    const is_beyond = has_newer && place === rows.length - 1;
    if (!row || id === me || row.sender === id || is_beyond) continue;
    readers.set(row.id, [...(readers.get(row.id) ?? []), id]);
  }
  return readers;
}
