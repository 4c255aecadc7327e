/** Keeps the keyboard in the list of rooms when a room or a section moves there: its row is drawn anew elsewhere. */
import { regainFocus } from "@/lib/regain-focus";
import { roomPath } from "@/lib/router";

/** Go on at the room, or at the head of its section where that is folded. */
export function stayAtRoom(room_id: string, key: string): void {
  const path = roomPath(room_id);
  regainFocus(() => document.querySelector<HTMLElement>(`nav a[href="${path}"]`) ?? headOf(key));
}

/** Go on at the head of a section. */
export function stayAtSection(key: string): void {
  regainFocus(() => headOf(key));
}

function headOf(key: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>("[data-fold]")].find(({ dataset }) => dataset.fold === key);
}
