/** What stands beside the rooms while none is chosen: the room of the last time, or the first steps. */
import { type ReactNode, useEffect } from "react";
import { Link } from "@/components/link";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { userName } from "@/lib/names";
import type { User } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { load } from "@/lib/storage";
import styles from "./chat-shell.module.css";

export function HomePage({ user, bar }: { user: User; bar: ReactNode }) {
  const t = useT();
  const loaded = useChat((chat) => chat.loaded);
  const has_rooms = useChat(({ timelines }) => Object.keys(timelines).length > 0);
  const last = load(`last_room.${user.id}`);
  const can_return = useChat(({ timelines }) => last !== null && last in timelines);
  useEffect(() => {
    // On a phone the list of rooms is the home.
    if (last && can_return && matchMedia("(min-width: 720px)").matches) navigate(roomPath(last), { replace: true });
  }, [last, can_return]);
  if (!loaded || can_return) return <main className={styles.page} id="main" />;
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
