/** Which notes are shown as one, and which stay on the screen when something was read, here or on another device. */
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

/** Notes of one room that came within a short time: the newest of them is shown, with how many there are. */
export interface Burst<Note extends Noticed> {
  newest: Note;
  count: number;
  notes: Note[];
}

/** Return the notes with those of a burst as one, in the place of its first; a note that comes twice counts once. */
export function collapse<Note extends Noticed>(notices: readonly Note[]): Burst<Note>[] {
  const bursts = new Map<string, Note[]>();
  for (const note of notices) {
    const key = note.burst ?? note.id;
    bursts.set(key, [...(bursts.get(key) ?? []), note]);
  }
  return [...bursts.values()].map((notes) => ({
    newest: notes.reduce((newest, note) => (note.seq > newest.seq ? note : newest)),
    count: new Set(notes.map(({ id }) => id)).size,
    notes,
  }));
}
