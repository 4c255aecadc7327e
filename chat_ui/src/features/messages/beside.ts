/** What can be seen of a room: on a narrow screen a panel takes its place, and the inbox shows panels without it. */
import { readRoute } from "@/lib/router";

// As in the layout of the columns.
const NARROW = "(max-width: 1023px)";

/** Tell whether the page is the room's, seen or covered by a panel. */
export function isRoomOpen(room_id: string): boolean {
  const route = readRoute(location.pathname);
  return route.page === "room" && route.room_id === room_id;
}

/** Tell whether the room cannot be seen beside a panel. */
export function isRoomCovered(room_id: string): boolean {
  return !isRoomOpen(room_id) || matchMedia(NARROW).matches;
}

/** Tell whether the thread under the message is open beside its room. */
export function isThreadOpen(room_id: string, id: string): boolean {
  const route = readRoute(location.pathname);
  return route.page === "room" && route.room_id === room_id && route.thread === id;
}
