/** A room on its way from one place of the list to another, by the pointer; the keyboard has the room's menu. */
import { create } from "zustand";

export const useDragging = create<{ room_id: string | null; failure: string | null }>(() => ({
  room_id: null,
  failure: null,
}));

export function startDragging(room_id: string): void {
  useDragging.setState({ room_id, failure: null });
}

export function stopDragging(): void {
  useDragging.setState({ room_id: null });
}

export function sayDropFailed(failure: string): void {
  useDragging.setState({ failure });
}
