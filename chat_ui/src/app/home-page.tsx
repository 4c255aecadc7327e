/** What stands beside the rooms while none is chosen: it leads to a room, or somebody new to the first steps. */
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "@/components/link";
import { landingRoom } from "@/lib/chat/landing";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { userName } from "@/lib/names";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { load } from "@/lib/storage";
import { changeWelcome } from "@/lib/welcome";
import styles from "./chat-shell.module.css";

/** Whether somebody has just come back, by opening the page here; who goes home later wants the room of before. */
let has_come_back = location.pathname === "/";

export function HomePage({ user, bar }: { user: User; bar: ReactNode }) {
  const t = useT();
  const loaded = useChat((chat) => chat.loaded);
  const has_rooms = useChat(({ timelines }) => Object.keys(timelines).length > 0);
  // On a phone the list of rooms is the home.
  const [is_wide] = useState(() => matchMedia("(min-width: 720px)").matches);
  const room_id = useChat((chat) => (is_wide ? wantedRoom(chat, user.id) : null));
  useEffect(() => {
    if (loaded && !has_rooms) changeWelcome({ is_open: true });
    const path = room_id ? roomPath(room_id) : "/welcome";
    if (!is_wide || (!room_id && (!loaded || has_rooms))) return;
    has_come_back = false;
    navigate(path, { replace: true });
  }, [room_id, loaded, has_rooms, is_wide]);
  if (!loaded || is_wide) return <main className={styles.page} id="main" />;
  return (
    <main className={styles.page} id="main">
      {bar}
      <div className={styles.home}>
        <h1>{t("rooms.welcome", { name: userName(user) })}</h1>
        <p className="soft">{t(has_rooms ? "rooms.choose" : "rooms.welcome_lead")}</p>
        <Link to="/directory" className="button primary">
          {t("rooms.browse")}
        </Link>
      </div>
    </main>
  );
}

function wantedRoom(chat: Parameters<typeof landingRoom>[0] & { loaded: boolean }, me: string): string | null {
  const last = load(`last_room.${me}`);
  const is_there = last !== null && last in chat.timelines;
  if (!has_come_back && is_there) return last;
  // What this browser kept is enough where it knows that one is called, or where one was.
  const landing = landingRoom(chat, last);
  return chat.loaded || is_there ? landing : null;
}
