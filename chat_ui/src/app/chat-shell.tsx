/** The chat: rooms at the side, what is chosen beside them; on a phone one of the two. */
import { useEffect } from "react";
import { AccountButton } from "@/features/accounts/account-button";
import { LinkBanner } from "@/features/connection/link-banner";
import { RoomPage } from "@/features/messages/room-page";
import { Notices } from "@/features/notices/notices";
import { DirectoryPage } from "@/features/rooms/directory-page";
import { RoomList } from "@/features/rooms/room-list";
import { startChat } from "@/lib/chat/client";
import { tellFocus } from "@/lib/chat/reading";
import { useChat } from "@/lib/chat/store";
import { useFocused } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import type { User } from "@/lib/protocol";
import { useRoute } from "@/lib/router";
import styles from "./chat-shell.module.css";
import { HomePage } from "./home-page";
import { useTitle } from "./use-title";

export function ChatShell({ user }: { user: User }) {
  const t = useT();
  const route = useRoute();
  const room_id = route.page === "room" ? route.room_id : null;
  const at_home = route.page !== "room" && route.page !== "directory";
  useEffect(() => startChat(user.id), [user.id]);
  useFocusTold(room_id);
  useTitle(room_id);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {t("app.skip")}
      </a>
      <LinkBanner />
      <div className={styles.columns}>
        <nav className={`${styles.side} ${at_home ? "" : styles.onWide}`} aria-label={t("app.navigation")}>
          <AccountButton user={user} />
          <div className={styles.rooms}>
            <RoomList room_id={room_id} browsing={route.page === "directory"} />
          </div>
        </nav>
        <div className={`${styles.chosen} ${at_home ? styles.onWide : ""}`}>
          {room_id && <RoomPage key={room_id} room_id={room_id} />}
          {route.page === "directory" && <DirectoryPage />}
          {at_home && <HomePage user={user} />}
        </div>
      </div>
      <Notices room_id={room_id} />
    </div>
  );
}

/** Tell the server which room is really looked at, again after each connecting. */
function useFocusTold(room_id: string | null): void {
  const focused = useFocused();
  const online = useChat(({ link }) => link === "online");
  useEffect(() => {
    if (online) tellFocus(focused ? room_id : null);
  }, [room_id, focused, online]);
}
