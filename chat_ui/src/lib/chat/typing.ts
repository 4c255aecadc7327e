/** Who is typing where, and telling the others that one types oneself. */
import { create } from "zustand";
import { ask } from "./socket";
import { useChat } from "./store";

/** The people typing in each room, the first to begin first. */
export type Typists = Record<string, readonly string[]>;

// The server forgets who has not said it again for 7 s.
const REPEAT_MILLISECONDS = 3_000;
const NOBODY: readonly string[] = [];

const useTyping = create<{ typists: Typists }>(() => ({ typists: {} }));
let said: { room_id: string; at: number } | null = null;

// Who types is unknown without a connection, and nobody's of the person before.
useChat.subscribe((chat, before) => {
  if (chat.link === before.link && chat.me === before.me) return;
  said = null;
  useTyping.setState({ typists: {} });
});

export function useTypists(room_id: string): readonly string[] {
  return useTyping(({ typists }) => typists[room_id] ?? NOBODY);
}

export function noteTyping(told: { room_id: string; user_id: string; active: boolean }): void {
  useTyping.setState(({ typists }) => ({ typists: foldTyping(typists, told) }));
}

/** Return the typists after one has begun or stopped. */
export function foldTyping(
  typists: Typists,
  { room_id, user_id, active }: { room_id: string; user_id: string; active: boolean },
): Typists {
  const known = typists[room_id] ?? NOBODY;
  if (known.includes(user_id) === active) return typists;
  const changed = active ? [...known, user_id] : known.filter((other) => other !== user_id);
  return { ...typists, [room_id]: changed };
}

/** Say that one types, at most every few seconds. */
export function sayTyping(room_id: string): void {
  if (said?.room_id === room_id && Date.now() - said.at < REPEAT_MILLISECONDS) return;
  if (useChat.getState().link !== "online") return;
  said = { room_id, at: Date.now() };
  ask("typing:start", { room_id }).catch((error) => console.warn("Nobody is told that one types.", error));
}

/** Say that one types no more, where one had said so. */
export function sayStopped(room_id: string): void {
  if (said?.room_id !== room_id) return;
  said = null;
  if (useChat.getState().link !== "online") return;
  ask("typing:stop", { room_id }).catch((error) => console.warn("Typing ends by itself.", error));
}
