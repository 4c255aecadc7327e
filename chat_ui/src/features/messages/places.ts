/** Where the reader was in each room when it was left, so that one comes back to the same line. */
import { useChat } from "@/lib/chat/store";

/** The message at the upper edge, and how far below the edge it began. */
export interface ReadingPlace {
  seq: number;
  offset: number;
}

const places = new Map<string, ReadingPlace>();

useChat.subscribe((chat, before) => {
  if (chat.me !== before.me) places.clear();
});

export function placeIn(room_id: string): ReadingPlace | null {
  return places.get(room_id) ?? null;
}

/** Keep the place; null stands for the end. */
export function keepPlace(room_id: string, place: ReadingPlace | null): void {
  if (place) places.set(room_id, place);
  else places.delete(room_id);
}
