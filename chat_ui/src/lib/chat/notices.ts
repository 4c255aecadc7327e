/** Which notes stay on the screen when something was read, here or on another device. */
import type { Noticed, NoticesRead } from "@/lib/protocol";

/** What was seen; all where nothing is named. */
export type Seen = Omit<NoticesRead, "unread">;

/** Return those that were not read: some were, or a room's up to an event, or, where nothing is named, all. */
export function unread<Note extends Noticed>(notices: Note[], { ids, room_id, seq }: Seen): Note[] {
  const wasRead = (note: Note) => {
    if (ids && !ids.includes(note.id)) return false;
    return room_id === undefined || (note.room_id === room_id && note.seq <= (seq ?? 0));
  };
  return notices.filter((note) => !wasRead(note));
}
