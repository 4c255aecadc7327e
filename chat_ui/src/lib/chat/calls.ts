/** How many messages call the person: those that mention them, and whatever is unread in a conversation of few. */
import type { Room } from "@/lib/protocol";
import { useDoneCalls } from "./done-calls";
import { useChat } from "./store";

export function callsIn({ kind, unread = 0, mentions = 0 }: Pick<Room, "kind" | "unread" | "mentions">): number {
  return kind === "channel" ? mentions : unread;
}

/** Return how many call in all rooms, without those that were called done. */
export function useCalls(): number {
  const done = useDoneCalls();
  return useChat(({ timelines }) => {
    let calls = 0;
    for (const id in timelines) {
      const room = timelines[id]?.room;
      const open = room ? callsIn(room) : 0;
      if (open > 0) calls += Math.max(0, open - (done[id]?.filter((seq) => seq > (room?.read_seq ?? 0)).length ?? 0));
    }
    return calls;
  });
}
