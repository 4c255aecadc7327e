/** A message of one's own that the server has not confirmed yet: shown at once, and honest about it. */
import { memo } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { ApiError } from "@/lib/api";
import type { Unsent } from "@/lib/chat/outbox";
import { discard, retry } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { ordinal } from "@/lib/i18n/ordinals";
import { clockTime } from "@/lib/i18n/time-words";
import { userName, useUser } from "@/lib/names";
import { navigate, roomPath } from "@/lib/router";
import styles from "./message.module.css";
import { MessageText } from "./message-text";
import { mayTakeBack, takeBack } from "./taking-back";

interface Props {
  unsent: Unsent;
  follows: boolean;
  me: string;
}

export const UnsentRow = memo(function UnsentRow({ unsent, follows, me }: Props) {
  const user = useUser(me);
  const failed = unsent.state === "failed";
  return (
    <article className={`${styles.message} ${follows ? styles.follows : ""} ${failed ? styles.failed : ""}`}>
      {follows ? <span className={styles.gutter} /> : <Avatar id={me} user={user} />}
      <div className={styles.body}>
        <header className={follows ? "only-read-out" : styles.head}>
          <strong>{user ? userName(user) : "…"}</strong>
          <span className={styles.time}>{clockTime(new Date(unsent.written_at))}</span>
        </header>
        <div className={`${styles.text} ${failed ? "" : styles.pending}`} data-message-text>
          <MessageText text={unsent.text} me={me} sender={me} />
        </div>
        {failed && <Failed unsent={unsent} />}
      </div>
      <span className={styles.ledger}>{!failed && <State unsent={unsent} />}</span>
    </article>
  );
});

/** What is on its way shows late, by its style: what is confirmed at once needs no sign. */
function State({ unsent }: { unsent: Unsent }) {
  const t = useT();
  const online = useChat(({ link }) => link === "online");
  const place = useChat(({ outbox }) => placeOf(outbox, unsent));
  if (unsent.state === "sent") return <Seal state="disk" label={t("messages.on_disk")} />;
  if (online) {
    return (
      <span className={styles.late}>
        <Seal state="writing" label={t("messages.pending")} />
      </span>
    );
  }
  return (
    <>
      <Seal state="waiting" label={t("messages.waiting")} /> {ordinal(place)}
    </>
  );
}

/** Return which one it is among what waits in its room, from 1. */
function placeOf(outbox: Unsent[], { cid, room_id }: Unsent): number {
  const waiting = outbox.filter((other) => other.room_id === room_id && other.state !== "failed");
  return waiting.findIndex((other) => other.cid === cid) + 1;
}

function Failed({ unsent }: { unsent: Unsent }) {
  const t = useT();
  const reason = explain(unsent.error && new ApiError(unsent.error));
  const may_edit = useChat(({ timelines }) => mayTakeBack(timelines[unsent.room_id]));
  const edit = () => {
    const path = takeBack(unsent.cid);
    // Its thread is closed, and covers the room whose field has it now.
    if (path && unsent.thread && path === roomPath(unsent.room_id)) navigate(path);
  };
  return (
    <div role="alert">
      <p className={styles.reason}>
        <Seal state="failed" /> {t("messages.failed", { reason })}
      </p>
      <div className={styles.choices}>
        <button type="button" className="button small" onClick={() => retry(unsent.cid)}>
          <Icon name="retry" small /> {t("messages.retry")}
        </button>
        {may_edit && (
          <button type="button" className="button small" onClick={edit}>
            <Icon name="edit" small /> {t("messages.edit_unsent")}
          </button>
        )}
        <button type="button" className="button small danger" onClick={() => discard(unsent.cid)}>
          <Icon name="delete" small /> {t("messages.discard")}
        </button>
      </div>
    </div>
  );
}
