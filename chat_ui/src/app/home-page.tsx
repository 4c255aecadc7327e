/** What stands beside the rooms until one is open: it leads to a room, or somebody new to the first steps. */
import { useEffect, useState } from "react";
import { callsIn } from "@/lib/chat/call-counts";
import { landingRoom } from "@/lib/chat/landing";
import { type Chat, useChat } from "@/lib/chat/store";
import { PHONE, useMedia } from "@/lib/media";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { load } from "@/lib/storage";
import { changeWelcome } from "@/lib/welcome";
import styles from "./chat-shell.module.css";

/** How long the server has to say where one is called; then what this browser kept is enough. */
const ASK_MILLISECONDS = 1_500;

/** Whether somebody has just come back, by opening the page here; who goes home later wants the room of before. */
let has_come_back = location.pathname === "/";

export function HomePage({ user }: { user: User }) {
  const loaded = useChat((chat) => chat.loaded);
  const has_rooms = useChat(({ timelines }) => Object.keys(timelines).length > 0);
  // There the list of rooms is the page.
  const is_phone = useMedia(PHONE);
  const has_waited = useWaited(ASK_MILLISECONDS);
  const room_id = useChat((chat) => (is_phone ? null : wantedRoom(chat, { me: user.id, has_waited })));
  useEffect(() => {
    if (loaded && !has_rooms) changeWelcome({ is_open: true });
    const path = room_id ? roomPath(room_id) : "/welcome";
    if (is_phone || (!room_id && (!loaded || has_rooms))) return;
    has_come_back = false;
    navigate(path, { replace: true });
  }, [room_id, loaded, has_rooms, is_phone]);
  return is_phone ? null : <main className={styles.page} id="main" />;
}

function wantedRoom(chat: Chat, { me, has_waited }: { me: string; has_waited: boolean }): string | null {
  const last = load(`last_room.${me}`);
  const is_there = last !== null && last in chat.timelines;
  if (!has_come_back && is_there) return last;
  const landing = landingRoom(chat, last);
  const room = landing ? chat.timelines[landing]?.room : undefined;
  const is_called = room !== undefined && callsIn(room) > 0;
  return chat.loaded || is_called || (is_there && has_waited) ? landing : null;
}

function useWaited(milliseconds: number): boolean {
  const [has_waited, setWaited] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return has_waited;
}
