/** The rooms in which something is unread: mostly few, so that what is counted over them costs little with a thousand rooms. */
import type { Room } from "@/lib/protocol";
import { followRooms, useChat } from "./store";

const waiting = new Set<string>();

followRooms((changed) => {
  const { timelines } = useChat.getState();
  if (changed === null) waiting.clear();
  for (const id of changed ?? Object.keys(timelines)) {
    const { unread = 0, mentions = 0 } = timelines[id]?.room ?? {};
    if (unread > 0 || mentions > 0) waiting.add(id);
    else waiting.delete(id);
  }
});

/** Return them in no order; to be selected from the chat. */
export function waitingRooms(): Room[] {
  const { timelines } = useChat.getState();
  return [...waiting].flatMap((id) => timelines[id]?.room ?? []);
}
