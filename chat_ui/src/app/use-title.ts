/** The window's title says what is open and how much waits, and the room is remembered for the next time. */
import { useEffect } from "react";
import { useChat } from "@/lib/chat/store";
import { useRoomName } from "@/lib/names";
import { save } from "@/lib/storage";

export function useTitle(room_id: string | null): void {
  const me = useChat((chat) => chat.me);
  const room = useChat((chat) => chat.timelines[room_id ?? ""]?.room);
  const name = useRoomName(room, me);
  const waiting = useChat(({ timelines }) =>
    Object.values(timelines).reduce(
      (sum, { room: { kind, unread, mentions } }) => sum + ((kind === "channel" ? mentions : unread) ?? 0),
      0,
    ),
  );
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${name ? `${name} · ` : ""}ChatFlow`;
  }, [waiting, name]);
  const shown = room?.id;
  useEffect(() => {
    if (me && shown) save(`last_room.${me}`, shown);
  }, [me, shown]);
}
