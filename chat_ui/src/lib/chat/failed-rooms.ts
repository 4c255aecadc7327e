/** In which rooms something was not sent: for the list of rooms. */
import { create } from "zustand";
import type { Unsent } from "./outbox";
import { useChat } from "./store";

const useFailed = create<{ rooms: ReadonlySet<string> }>(() => ({ rooms: failedIn(useChat.getState().outbox) }));

useChat.subscribe(({ outbox }, before) => {
  if (outbox === before.outbox) return;
  const { rooms: known } = useFailed.getState();
  const rooms = failedIn(outbox);
  const is_same = rooms.size === known.size && [...rooms].every((id) => known.has(id));
  if (!is_same) useFailed.setState({ rooms });
});

export function useHasFailed(room_id: string): boolean {
  return useFailed(({ rooms }) => rooms.has(room_id));
}

function failedIn(outbox: readonly Unsent[]): Set<string> {
  return new Set(outbox.flatMap(({ room_id, state }) => (state === "failed" ? room_id : [])));
}
