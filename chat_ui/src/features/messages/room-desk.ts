/** What one is about to do in a room beside writing: which message is being edited, and which one is being answered. */
import { create } from "zustand";
import { useChat } from "@/lib/chat/store";
import type { Timeline } from "@/lib/chat/timeline";
import type { AnyMessage, Message } from "@/lib/protocol";
import { messagePath, navigate, roomPath, threadPath } from "@/lib/router";
import { countAsUnsaved } from "@/lib/unsaved";
import { isRoomCovered, isRoomOpen, isThreadOpen } from "./beside";

interface Edit {
  id: string;
  seq: number;
  /** The message under whose thread it stands. */
  thread: string | null;
  /** What it has become so far; null until something was typed. */
  text: string | null;
  /** Whether it was begun in a panel: there its field stands as long as the panel shows the message, else in the room. */
  beside: boolean;
}

interface Desk {
  /** The message being edited, by room. */
  editing: Record<string, Edit | null>;
  /** The message being answered, by room. */
  answering: Record<string, Message | null>;
  /** Whose text was put back into the stored draft, and what it answers, by room or thread. */
  taken_back: Record<string, { reply_to: string | null } | null>;
  /** Where somebody wants to go, by room; a new object each time. */
  jumps: Record<string, { seq: number } | null>;
  /** Rooms that stay unread although they are looked at, because one said so. */
  kept_unread: Record<string, boolean>;
}

const empty: Desk = { editing: {}, answering: {}, taken_back: {}, jumps: {}, kept_unread: {} };

export const useDesk = create<Desk>(() => empty);

// Nobody finds on their desk what another person left there.
useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) {
    useDesk.setState(empty);
    return;
  }
  // Otherwise no other message could be edited in the room any more.
  for (const [room_id, edit] of Object.entries(useDesk.getState().editing)) {
    if (edit && isDeleted(chat.timelines[room_id], edit.id)) stopEditing(room_id);
  }
});

countAsUnsaved(() => {
  const { editing, taken_back } = useDesk.getState();
  const { timelines } = useChat.getState();
  // In a room that one has left nothing can be saved.
  const changed = Object.entries(editing).filter(([id, edit]) => timelines[id] && edit && edit.text !== null);
  // The text is in the draft; that it answers something is known only here.
  const answers = Object.values(taken_back).filter((taken) => taken?.reply_to);
  return changed.length + answers.length;
});

/** The edits whose fields stand in panels now, by message. */
const fields_beside = new Set<string>();

/** Begin to edit a message, in the panel or in the room; where another one has been changed and not saved yet, go there. */
export function startEditing({ room_id, id, seq, thread }: Message, beside = false): void {
  const begun = useDesk.getState().editing[room_id];
  if (!begun || begun.text === null || begun.id === id) {
    setEdit(room_id, { id, seq, thread, text: begun?.id === id ? begun.text : null, beside });
    return;
  }
  // A new object, by which its field takes the keyboard.
  setEdit(room_id, { ...begun });
  if (fields_beside.has(begun.id)) return;
  if (begun.thread) navigate(threadPath(room_id, begun.thread));
  else goToMessage({ room_id, seq: begun.seq });
}

/** Note that the field of an edit stands in a panel; the answer ends it. */
export function noteFieldBeside(id: string): () => void {
  fields_beside.add(id);
  return () => fields_beside.delete(id);
}

/** Tell whether a message's edit has its field in this place: a row of its room, or one of a panel. */
export function isEditedIn({ editing }: Desk, message: AnyMessage, in_panel: boolean): boolean {
  const edit = message.deleted ? null : editing[message.room_id];
  if (message.deleted || edit?.id !== message.id) return false;
  // A reply stands in panels alone.
  if (message.thread !== null) return true;
  return in_panel ? edit.beside : !(edit.beside && isThreadOpen(message.room_id, message.id));
}

export function keepEdit({ room_id, id, seq, thread }: Message, text: string): void {
  const begun = useDesk.getState().editing[room_id];
  setEdit(room_id, { id, seq, thread, text, beside: begun?.id === id && begun.beside });
}

export function stopEditing(room_id: string): void {
  setEdit(room_id, null);
}

export function answer(message: Message): void {
  useDesk.setState(({ answering }) => ({ answering: { ...answering, [message.room_id]: message } }));
}

export function answerNothing(room_id: string): void {
  useDesk.setState(({ answering }) => ({ answering: { ...answering, [room_id]: null } }));
}

/** Say that the stored draft of a room or a thread has more in it, and what that answers. */
export function putBack(place: string, reply_to: string | null): void {
  useDesk.setState(({ taken_back }) => ({ taken_back: { ...taken_back, [place]: { reply_to } } }));
}

export function forgetPutBack(place: string): void {
  useDesk.setState(({ taken_back }) => ({ taken_back: { ...taken_back, [place]: null } }));
}

/** Go to a message from wherever one is. */
export function goToMessage({ room_id, seq }: { room_id: string; seq: number }): void {
  if (!isRoomOpen(room_id)) {
    navigate(messagePath({ room_id, seq }));
    return;
  }
  if (isRoomCovered(room_id)) navigate(roomPath(room_id));
  jumpTo({ room_id, seq });
}

/** Go to a message of the room that is open, wherever in its history it stands. */
function jumpTo({ room_id, seq }: { room_id: string; seq: number }): void {
  useDesk.setState(({ jumps }) => ({ jumps: { ...jumps, [room_id]: { seq } } }));
}

export function keepUnread(room_id: string, kept: boolean): void {
  if (kept === (useDesk.getState().kept_unread[room_id] ?? false)) return;
  useDesk.setState(({ kept_unread }) => ({ kept_unread: { ...kept_unread, [room_id]: kept } }));
}

/** A reply may be loaded in its thread alone; then only the event tells. */
function isDeleted(timeline: Timeline | undefined, id: string): boolean {
  if (timeline?.messages?.byId(id)?.deleted) return true;
  return timeline?.recent.some((event) => event.type === "message.deleted" && event.id === id) ?? false;
}

function setEdit(room_id: string, edit: Edit | null): void {
  useDesk.setState(({ editing }) => ({ editing: { ...editing, [room_id]: edit } }));
}
