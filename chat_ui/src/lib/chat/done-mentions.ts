/** The messages that call the person and were called done, by room, as far as it was told since the page was loaded. */
import { create } from "zustand";
import { useChat } from "./store";

type Done = Readonly<Record<string, readonly number[]>>;

// As many as a person keeps of one room; older ones have been read by then.
const KEPT = 200;

export const useDoneMentions = create<Done>(() => ({}));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) useDoneMentions.setState({}, true);
});

export function noteDone(room_id: string, seqs: readonly number[]): void {
  useDoneMentions.setState((done) => ({ [room_id]: [...new Set([...(done[room_id] ?? []), ...seqs])].slice(-KEPT) }));
}
