/** Whether the room can be seen beside a panel: on a narrow screen the panel takes its place. */

// As in the layout of the columns.
const NARROW = "(max-width: 1023px)";

export function isRoomCovered(): boolean {
  return matchMedia(NARROW).matches;
}
