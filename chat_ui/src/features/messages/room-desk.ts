/** What one is about to do in a room beside writing: which message is being edited, and which one is being answered. */
import { create } from "zustand";
import type { Message } from "@/lib/protocol";

interface Desk {
  /** The id of the message being edited, by room. */
  editing: Record<string, string | null>;
  /** The message being answered, by room. */
  answering: Record<string, Message | null>;
}

export const useDesk = create<Desk>(() => ({ editing: {}, answering: {} }));

export function startEditing({ room_id, id }: Message): void {
  useDesk.setState(({ editing }) => ({ editing: { ...editing, [room_id]: id } }));
}

export function stopEditing(room_id: string): void {
  useDesk.setState(({ editing }) => ({ editing: { ...editing, [room_id]: null } }));
}

export function answer(message: Message): void {
  useDesk.setState(({ answering }) => ({ answering: { ...answering, [message.room_id]: message } }));
}

export function answerNothing(room_id: string): void {
  useDesk.setState(({ answering }) => ({ answering: { ...answering, [room_id]: null } }));
}
