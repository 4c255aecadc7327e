/** One followed thread: the message under which it hangs, how many replied, and what was said last. */
import { type KeyboardEvent, type MouseEvent, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { PersonButton } from "@/components/person-button";
import { useChat } from "@/lib/chat/store";
import { followThread } from "@/lib/chat/thread-follows";
import { markThreadRead, useThreadReads } from "@/lib/chat/thread-reads";
import { explain, useT } from "@/lib/i18n";
import { fullTime, shortTime } from "@/lib/i18n/time-words";
import { placeName, useRoomName, useUser, useUserName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { AnyMessage, FollowedThread } from "@/lib/protocol";
import { areSingleKeysOn } from "@/lib/single-keys";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import { MessageText } from "../message-text";
import frame from "../room-page.module.css";
import page from "./inbox.module.css";
import styles from "./inbox-row.module.css";

// As far as the server counts.
const UNREAD_AT_MOST = 100;

interface Props {
  thread: FollowedThread;
  me: string;
  is_chosen: boolean;
  /** Whether the Tab key reaches it. */
  is_stop: boolean;
  onOpen: () => void;
  onUnfollow: () => void;
}

export function FollowedRow({ thread, me, is_chosen, is_stop, onOpen, onUnfollow }: Props) {
  const t = useT();
  const { room_id, root, last, replies } = thread;
  const room = useChat(({ timelines }) => timelines[room_id]?.room);
  const room_name = useRoomName(room, me);
  const user = useUser(root.sender);
  const name = useUserName(root.sender);
  const read = useThreadReads((reads) => reads[root.id] ?? 0);
  const [failure, setFailure] = useState<string | null>(null);
  const unread = last && read >= last.n ? 0 : thread.unread;
  const at = new Date(last?.at ?? root.at);
  const where = room?.kind === "direct" ? t("inbox.direct") : t("inbox.in", { name: placeName(room, room_name) });
  const named_root = useNamedText(root.deleted ? "" : root.text, mentionedIn(root));
  const attempt = (done: Promise<void>) => {
    setFailure(null);
    return done.catch((error) => setFailure(explain(error)));
  };
  const markRead = () => void attempt(markThreadRead(room_id, root.id, last?.n ?? 0));
  const unfollow = () => void attempt(followThread(room_id, root.id, false).then(onUnfollow));
  const onKeyDown = (event: KeyboardEvent) => {
    const has_modifier = event.ctrlKey || event.metaKey || event.altKey;
    if (event.target !== event.currentTarget || has_modifier) return;
    if (event.code.startsWith("Key") && !areSingleKeysOn()) return;
    if (event.code === "KeyE" && unread > 0) markRead();
    else if (event.key === "Enter" || event.code === "KeyR") onOpen();
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const pressed = event.target instanceof Element && event.target.closest("a, button");
    if (!pressed && !getSelection()?.toString()) onOpen();
  };
  return (
    <article
      className={`${styles.row} ${styles.of_thread} ${is_chosen ? styles.chosen : ""}`}
      tabIndex={is_stop ? 0 : -1}
      aria-label={t(unread > 0 ? "inbox.row_new" : "inbox.row", { name, where, text: oneLine(named_root) })}
      aria-current={is_chosen ? "true" : undefined}
      onClick={onClick}
      onKeyDown={onKeyDown}
      data-message
      data-key={root.id}
    >
      <span className={unread > 0 ? `${styles.dot} ${styles.thread}` : styles.dot} aria-hidden="true" />
      <PersonButton id={root.sender} only_pointer>
        <Avatar id={root.sender} user={user} />
      </PersonButton>
      <div className={styles.body}>
        <header className={styles.line}>
          <strong>{name}</strong>
          <span className={`${styles.where} ellipsis`}>{where}</span>
          <time dateTime={at.toISOString()} title={fullTime(at)}>
            {shortTime(at, new Date())}
          </time>
        </header>
        <div className={styles.cut}>
          {root.deleted ? (
            <p className={styles.gone}>{t("messages.deleted")}</p>
          ) : (
            <MessageText text={root.text} me={me} sender={root.sender} />
          )}
        </div>
        {last && <LastReply message={last} />}
        <div className={styles.ways}>
          <button type="button" className={styles.opens} onClick={onOpen}>
            {replies > 0 ? t("threads.replies", { count: replies }) : t("threads.reply")}
          </button>
          {unread > 0 && (
            <>
              <span className={styles.fresh}>
                {unread >= UNREAD_AT_MOST
                  ? t("inbox.new", { count: `${UNREAD_AT_MOST - 1}+` })
                  : t("inbox.new", { count: unread })}
              </span>
              <button type="button" className="button small" aria-keyshortcuts="E" onClick={markRead}>
                {t("messages.mark_read")}
              </button>
            </>
          )}
          <button
            type="button"
            className={`${frame.opens} ${page.action} ${styles.unfollow}`}
            aria-pressed="true"
            onClick={unfollow}
          >
            <Icon name="bell" small /> {t("threads.following")}
          </button>
        </div>
        <Alert>{failure}</Alert>
      </div>
    </article>
  );
}

function LastReply({ message }: { message: AnyMessage }) {
  const t = useT();
  const user = useUser(message.sender);
  const name = useUserName(message.sender);
  const named = useNamedText(message.deleted ? "" : message.text, mentionedIn(message));
  return (
    <p className={styles.last}>
      <Avatar id={message.sender} user={user} size="small" />
      <strong>{name}</strong>
      <span className="ellipsis">{message.deleted ? t("messages.deleted") : oneLine(named)}</span>
    </p>
  );
}
