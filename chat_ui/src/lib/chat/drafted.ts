/** In which rooms something is written and not sent, in any tab: for the list of rooms. */
import { create } from "zustand";
import { followStorage, keys } from "@/lib/storage";
import { useChat } from "./store";

const useDrafted = create<{ rooms: ReadonlySet<string> }>(() => ({ rooms: new Set() }));

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) read(chat.me);
});

// What other tabs write.
followStorage((key, value) => {
  const start = startOf(useChat.getState().me);
  if (start && key.startsWith(start)) markDraft(key.slice(start.length), value !== null);
});
// Without a key all of it was emptied.
addEventListener("storage", ({ key }) => {
  if (key === null) read(useChat.getState().me);
});

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
  const start = startOf(me);
  useDrafted.setState({ rooms: new Set(start ? keys(start).map((key) => key.slice(start.length)) : []) });
}

/** Return how the keys of a person's drafts start; nobody has none. */
function startOf(me: string): string | null {
  return me ? `draft.${me}.` : null;
}
