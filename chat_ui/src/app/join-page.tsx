/** Follows an invitation as soon as the page is live, and says so where it does not work any more. */
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "@/components/link";
import { ApiError } from "@/lib/api";
import { joinByInvitation } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { forgetInvitation, invitation } from "@/lib/invitation";
import { navigate, roomPath } from "@/lib/router";
import styles from "./chat-shell.module.css";

export function JoinPage({ bar }: { bar: ReactNode }) {
  const t = useT();
  const online = useChat(({ link }) => link === "online");
  const [failure, setFailure] = useState<string | null>(null);
  const invite = invitation();
  useEffect(() => {
    if (!online || !invite) return;
    joinByInvitation(invite)
      .then((room_id) => {
        forgetInvitation();
        navigate(roomPath(room_id), { replace: true });
      })
      .catch((error) => {
        // One that may still work is tried again with the next connection.
        if (!(error instanceof ApiError && error.body.retryable)) forgetInvitation();
        setFailure(explain(error));
      });
  }, [online, invite]);
  return (
    <main className={styles.page} id="main">
      {bar}
      <div className={styles.home}>
        <h1>{t(failure || !invite ? "join.failed" : "join.joining")}</h1>
        <p className="soft">{failure ?? (invite ? "" : t("join.none"))}</p>
        <Link to="/" className="button">
          {t("app.back")}
        </Link>
      </div>
    </main>
  );
}
