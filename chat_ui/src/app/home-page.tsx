/** What stands beside the rooms until one is open: it leads to a room, or somebody new to the first steps. */
import { useEffect } from "react";
import { landingRoom } from "@/lib/chat/landing";
import { useChat } from "@/lib/chat/store";
import { PHONE, useMedia } from "@/lib/media";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { load } from "@/lib/storage";
import { changeWelcome } from "@/lib/welcome";
import styles from "./chat-shell.module.css";

/** Whether somebody has just come back, by opening the page here; who goes home later wants the room of before. */
let has_come_back = location.pathname === "/";

export function HomePage({ user }: { user: User }) {
  const loaded = useChat((chat) => chat.loaded);
  const has_rooms = useChat(({ timelines }) => Object.keys(timelines).length > 0);
  // There the list of rooms is the page.
  const is_phone = useMedia(PHONE);
  const room_id = useChat((chat) => (is_phone ? null : wantedRoom(chat, user.id)));
  useEffect(() => {
    if (loaded && !has_rooms) changeWelcome({ is_open: true });
    const path = room_id ? roomPath(room_id) : "/welcome";
    if (is_phone || (!room_id && (!loaded || has_rooms))) return;
    has_come_back = false;
    navigate(path, { replace: true });
  }, [room_id, loaded, has_rooms, is_phone]);
  return is_phone ? null : <main className={styles.page} id="main" />;
}

function wantedRoom(chat: Parameters<typeof landingRoom>[0] & { loaded: boolean }, me: string): string | null {
  const last = load(`last_room.${me}`);
  const is_there = last !== null && last in chat.timelines;
  if (!has_come_back && is_there) return last;
  // What this browser kept is enough where it knows that one is called, or where one was.
  const landing = landingRoom(chat, last);
  return chat.loaded || is_there ? landing : null;
}
