/** How many messages call the person: those that mention them, and whatever is unread in a conversation of few. */
import type { Room } from "@/lib/protocol";
import { useChat } from "./store";

export function callsIn({ kind, unread = 0, mentions = 0 }: Pick<Room, "kind" | "unread" | "mentions">): number {
  return kind === "channel" ? mentions : unread;
}

export function useCalls(): number {
  return useChat(({ timelines }) => {
    let calls = 0;
    for (const id in timelines) {
      const room = timelines[id]?.room;
      if (room) calls += callsIn(room);
    }
    return calls;
  });
}
