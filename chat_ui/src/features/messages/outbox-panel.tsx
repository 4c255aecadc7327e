/** The outbox: all that was written here and is not on the server's disk yet, in the order in which it is sent. */
import { useEffect, useRef } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { Panel } from "@/components/panel";
import { Seal } from "@/components/seal";
import { ApiError } from "@/lib/api";
import type { Unsent } from "@/lib/chat/outbox";
import { discard, retry } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";
import { useRoomName } from "@/lib/names";
import { closeOutbox } from "@/lib/overlay";
import { navigate, roomPath } from "@/lib/router";
import { MessageText } from "./message-text";
import styles from "./outbox-panel.module.css";
import { mayTakeBack, takeBack } from "./taking-back";

export function OutboxPanel() {
  const t = useT();
  const panel = useFocusHere();
  const outbox = useChat((chat) => chat.outbox);
  const online = useChat(({ link }) => link === "online");
  const kept = useChat((chat) => chat.kept);
  const waiting = outbox.filter(({ state }) => state !== "failed");
  const failed = outbox.filter(({ state }) => state === "failed");
  return (
    <Panel
      ref={panel}
      label={t("outbox.title")}
      title={t("outbox.title")}
      lead={t("outbox.lead")}
      close={{ label: t("outbox.close"), onClose: closeOutbox }}
    >
      <div className={styles.body}>
        {outbox.length === 0 && <p className={styles.none}>{t("outbox.none")}</p>}
        {waiting.length > 0 && (
          <section aria-label={t(online ? "outbox.sending" : "outbox.waiting", { count: waiting.length })}>
            <h3>{t(online ? "outbox.sending" : "outbox.waiting", { count: waiting.length })}</h3>
            <ol className={styles.rows}>
              {waiting.map((unsent, at) => (
                <Row key={unsent.cid} unsent={unsent} place={at + 1} />
              ))}
            </ol>
          </section>
        )}
        {failed.length > 0 && (
          <section aria-label={t("outbox.failed", { count: failed.length })}>
            <h3 className={styles.of_failed}>{t("outbox.failed", { count: failed.length })}</h3>
            <ul className={styles.rows}>
              {failed.map((unsent) => (
                <Row key={unsent.cid} unsent={unsent} place={null} />
              ))}
            </ul>
          </section>
        )}
      </div>
      <p className={kept ? styles.foot : `${styles.foot} ${styles.unkept}`}>
        <Icon name={kept ? "safe" : "warning"} small />
        {t(kept ? "outbox.safe" : "outbox.unkept")}
      </p>
    </Panel>
  );
}

/** One message; what failed has no place in the queue. */
function Row({ unsent, place }: { unsent: Unsent; place: number | null }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const room = useChat(({ timelines }) => timelines[unsent.room_id]?.room);
  const may_edit = useChat(({ timelines }) => mayTakeBack(timelines[unsent.room_id]));
  const name = useRoomName(room, me) || t("outbox.other_room");
  const failed = unsent.state === "failed";
  // What is on its way cannot be called back, and what may be stored already would be there twice after an edit.
  const is_here = unsent.state === "queued" || failed;
  const edit = () => {
    const path = takeBack(unsent.cid);
    if (path) navigate(path);
    closeOutbox();
  };
  return (
    <li className={styles.row}>
      {failed ? (
        <span className={`${styles.place} ${styles.mark}`}>
          <Seal state="failed" label={t("outbox.not_sent")} />
        </span>
      ) : (
        <span className={styles.place}>{place}</span>
      )}
      <div className={styles.message}>
        <div className={styles.where}>
          <Link to={roomPath(unsent.room_id)} className="ellipsis">
            {name}
          </Link>
          <span>{clockTime(new Date(unsent.written_at))}</span>
        </div>
        <div className={styles.text}>
          <MessageText text={unsent.text} me={me} sender={me} />
        </div>
        {failed && <p className={styles.reason}>{explain(unsent.error && new ApiError(unsent.error))}</p>}
        {unsent.tried && <p className={styles.tried}>{t("outbox.tried")}</p>}
        {is_here && (
          <div className={failed ? styles.choices : `${styles.choices} ${styles.on_demand}`}>
            {failed && (
              <button type="button" className="button small" onClick={() => retry(unsent.cid)}>
                <Icon name="retry" small /> {t("messages.retry")}
              </button>
            )}
            {!unsent.tried && may_edit && (
              <button type="button" className="button small" onClick={edit}>
                <Icon name="edit" small /> {t("messages.edit_unsent")}
              </button>
            )}
            <button
              type="button"
              className={failed ? "button small danger" : "button small"}
              onClick={() => discard(unsent.cid)}
            >
              <Icon name="delete" small /> {t("messages.discard")}
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

/** Take the keyboard into the panel, and give it back to where it came from. */
function useFocusHere() {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    const element = panel.current;
    element?.querySelector<HTMLElement>("button")?.focus();
    return () => {
      const is_left = document.activeElement === document.body || element?.contains(document.activeElement);
      if (is_left && opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return panel;
}
