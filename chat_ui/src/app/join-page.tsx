/** Follows an invitation as soon as the page is live, and says so where it does not work any more. */
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "@/components/link";
import { ApiError } from "@/lib/api";
import { joinByInvitation } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { forgetInvitation, useInvitation } from "@/lib/invitation";
import { navigate, roomPath } from "@/lib/router";
import styles from "./chat-shell.module.css";

interface Failure {
  reason: string;
  /** Whether the same invitation may still work. */
  is_open: boolean;
}

export function JoinPage({ bar }: { bar: ReactNode }) {
  const t = useT();
  const online = useChat(({ link }) => link === "online");
  const invite = useInvitation();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason to ask again.
  useEffect(() => {
    if (!online || !invite) return;
    setFailure(null);
    joinByInvitation(invite)
      .then((room_id) => {
        forgetInvitation();
        navigate(roomPath(room_id), { replace: true });
      })
      .catch((error) => {
        const is_open = error instanceof ApiError && error.body.retryable;
        setFailure({ reason: explain(error), is_open });
        if (!is_open) forgetInvitation();
      });
  }, [online, invite, attempt]);
  const failed = failure ? !failure.is_open : !invite;
  return (
    <main className={styles.page} id="main">
      {bar}
      <div className={styles.home}>
        <h1>{t(failed ? "join.failed" : "join.joining")}</h1>
        <p className="soft">{failure?.reason ?? (invite ? "" : t("join.none"))}</p>
        {failure?.is_open && (
          <button type="button" className="button primary" onClick={() => setAttempt(attempt + 1)}>
            {t("app.retry")}
          </button>
        )}
        <Link to="/" className="button">
          {t("app.back")}
        </Link>
      </div>
    </main>
  );
}
