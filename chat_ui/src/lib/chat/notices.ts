/** Which notes stay on the screen when something was read, here or on another device. */
import type { Notice, NoticeRead } from "@/lib/protocol";

/** Return those that were not read: some were, or a room's up to an event, or, where nothing is named, all. */
export function unread<Note extends Notice>(notices: Note[], { ids, room_id, seq }: NoticeRead): Note[] {
  const wasRead = (note: Note) => {
    if (ids && !ids.includes(note.id ?? "")) return false;
    return room_id === undefined || (note.room_id === room_id && (note.seq ?? 0) <= (seq ?? 0));
  };
  return notices.filter((note) => !wasRead(note));
}
