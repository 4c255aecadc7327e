/** A message of one's own that the server has not confirmed yet: shown at once, and honest about it. */
import { memo } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { ApiError } from "@/lib/api";
import type { Unsent } from "@/lib/chat/outbox";
import { discard, retry } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { userName, useUser } from "@/lib/names";
import styles from "./message.module.css";
import { MessageText } from "./message-text";

export const UnsentRow = memo(function UnsentRow({ unsent, follows, me }: Props) {
  const user = useUser(me);
  const failed = unsent.state === "failed";
  return (
    <li className={`${styles.message} ${follows ? styles.follows : ""}`}>
      {follows ? <span /> : <Avatar id={me} user={user} />}
      <div className={styles.body}>
        <header className={follows ? "only-read-out" : styles.head}>
          <strong>{user ? userName(user) : "…"}</strong>
        </header>
        <div className={`${styles.text} ${failed ? "" : styles.pending}`}>
          <MessageText text={unsent.text} me={me} />
        </div>
        {failed ? <Failed unsent={unsent} /> : unsent.state !== "sent" && <Pending />}
      </div>
    </li>
  );
});

interface Props {
  unsent: Unsent;
  follows: boolean;
  me: string;
}

/** Appears late, by its style: what is confirmed at once needs no word. */
function Pending() {
  const t = useT();
  const online = useChat(({ link }) => link === "online");
  return (
    <p className={styles.state}>
      <Icon name="clock" /> {t(online ? "messages.pending" : "messages.waiting")}
    </p>
  );
}

function Failed({ unsent }: { unsent: Unsent }) {
  const t = useT();
  const reason = explain(unsent.error && new ApiError(unsent.error));
  return (
    <div className={styles.failed} role="alert">
      <Icon name="warning" /> <span>{t("messages.failed", { reason })}</span>
      <button type="button" className="text-button" onClick={() => retry(unsent.cid)}>
        {t("messages.retry")}
      </button>
      <button type="button" className="text-button" onClick={() => discard(unsent.cid)}>
        {t("messages.discard")}
      </button>
    </div>
  );
}
