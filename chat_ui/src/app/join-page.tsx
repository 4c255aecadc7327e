/** Asks before it follows an invitation, as far as strangers may know into which room, and says so where it does not work. */
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "@/components/link";
import { ApiError } from "@/lib/api";
import { findInvited, joinByInvitation } from "@/lib/chat/rooms";
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
  const name = useInvitedName(invite);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [joining, setJoining] = useState(false);
  useEffect(() => {
    if (invite) setFailure(null);
  }, [invite]);
  const join = async () => {
    if (!invite || joining) return;
    setFailure(null);
    setJoining(true);
    try {
      const room_id = await joinByInvitation(invite);
      forgetInvitation();
      navigate(roomPath(room_id), { replace: true });
    } catch (error) {
      const is_open = error instanceof ApiError && error.body.retryable;
      setFailure({ reason: explain(error), is_open });
      if (!is_open) forgetInvitation();
    } finally {
      setJoining(false);
    }
  };
  const failed = failure ? !failure.is_open : !invite;
  const asking = name ? t("join.ask_named", { room: name }) : t("join.ask");
  return (
    <main className={styles.page} id="main">
      {bar}
      <div className={styles.home}>
        <h1 dir="auto">{failed ? t("join.failed") : asking}</h1>
        <p className="soft">{failure?.reason ?? t(invite ? "join.ask_note" : "join.none")}</p>
        {invite && !failed && (
          <button type="button" className="button primary" disabled={!online || joining} onClick={join}>
            {t(joining ? "join.joining" : failure ? "app.retry" : "join.join")}
          </button>
        )}
        <Link to="/" className="button">
          {t("app.back")}
        </Link>
      </div>
    </main>
  );
}

/** Return the name of an open channel, or null: a private room is named to its members alone. */
function useInvitedName(invite: string | null): string | null {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    setName(null);
    if (!invite) return;
    let is_current = true;
    void findInvited(invite).then((room) => {
      if (is_current && room?.name) setName(room.kind === "channel" ? `#${room.name}` : room.name);
    });
    return () => {
      is_current = false;
    };
  }, [invite]);
  return name;
}
