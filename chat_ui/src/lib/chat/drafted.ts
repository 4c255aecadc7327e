/** In which rooms something is written and not sent, in any tab: for the list of rooms. */
import { create } from "zustand";
import { keys } from "@/lib/storage";
import { useChat } from "./store";

const useDrafted = create<{ rooms: ReadonlySet<string> }>(() => ({ rooms: new Set() }));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) read(chat.me);
});

// Told only of what other tabs store.
addEventListener("storage", () => read(useChat.getState().me));

export function useHasDraft(room_id: string): boolean {
  return useDrafted(({ rooms }) => rooms.has(room_id));
}

/** Say whether a draft of the room is stored; most letters change nothing. */
export function markDraft(room_id: string, is_there: boolean): void {
  const { rooms } = useDrafted.getState();
  if (rooms.has(room_id) === is_there) return;
  const changed = new Set(rooms);
  if (is_there) changed.add(room_id);
  else changed.delete(room_id);
  useDrafted.setState({ rooms: changed });
}

function read(me: string): void {
  const start = `draft.${me}.`;
  useDrafted.setState({ rooms: new Set(me ? keys(start).map((key) => key.slice(start.length)) : []) });
}
