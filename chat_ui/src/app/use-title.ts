/** The window's title and its icon say what is open and how much calls, and the room is remembered for the next time. */
import { useEffect } from "react";
import { useCalls } from "@/lib/chat/call-counts";
import { useChat, useRoom } from "@/lib/chat/store";
import { useRoomName } from "@/lib/names";
import { showBadge } from "@/lib/notices/badge";
import { save } from "@/lib/storage";

export function useTitle(room_id: string | null): void {
  const me = useChat((chat) => chat.me);
  const room = useRoom(room_id ?? "");
  const name = useRoomName(room, me);
  const calls = useCalls();
  useEffect(() => {
    document.title = `${calls > 0 ? `(${calls}) ` : ""}${name ? `${name} · ` : ""}ChatFlow`;
  }, [calls, name]);
  useEffect(() => void showBadge(calls), [calls]);
  // Whoever comes next is called by nobody yet.
  useEffect(() => () => void showBadge(0), []);
  const shown = room?.id;
  useEffect(() => {
    if (me && shown) save(`last_room.${me}`, shown);
  }, [me, shown]);
}
