/** One message of the room, with its head unless it goes on from the one above. */
import { type KeyboardEvent, memo, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { concerns } from "@/lib/chat/counts";
import { useT } from "@/lib/i18n";
import { clockTime, fullTime, isSameDay } from "@/lib/i18n/times";
import { userName, useUser } from "@/lib/names";
import type { AnyMessage, Message } from "@/lib/protocol";
import { ActionBar } from "./action-bar";
import styles from "./message.module.css";
import { MessageEditor } from "./message-editor";
import { MessageText } from "./message-text";
import { Quote } from "./quote";
import { Reactions } from "./reactions";
import { startEditing, useDesk } from "./room-desk";

interface Props {
  message: AnyMessage;
  follows: boolean;
  me: string;
}

export const MessageRow = memo(function MessageRow({ message, follows, me }: Props) {
  const t = useT();
  const user = useUser(message.sender);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const editing = useDesk((desk) => !message.deleted && desk.editing[message.room_id] === message.id);
  const at = new Date(message.at);
  const is_mine = message.sender === me;
  const to_me = !message.deleted && !is_mine && concerns(message.mentions, me);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.key !== "e" || event.ctrlKey || event.metaKey) return;
    if (message.deleted || !is_mine) return;
    event.preventDefault();
    startEditing(message);
  };
  const time = (
    <time dateTime={message.at} title={fullTime(at)} className={styles.time}>
      {clockTime(at)}
    </time>
  );
  return (
    <li
      id={`message-${message.id}`}
      className={`${styles.message} ${follows ? styles.follows : ""} ${to_me ? styles.addressed : ""}`}
      tabIndex={-1}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
      onKeyDown={onKeyDown}
      data-message
    >
      {follows ? time : <Avatar id={message.sender} user={user} />}
      <div className={styles.body}>
        <header className={follows ? "only-read-out" : styles.head}>
          <strong>{user ? userName(user) : "…"}</strong>
          {user?.bot && <span className={styles.bot}>{t("messages.bot")}</span>}
          {!follows && time}
        </header>
        {message.deleted && <p className={styles.gone}>{t("messages.deleted")}</p>}
        {editing && !message.deleted && <MessageEditor message={message} />}
        {!editing && !message.deleted && <Content message={message} me={me} onFailure={setFailure} />}
        {failure && <Alert>{failure}</Alert>}
      </div>
      <span className={styles.ledger}>
        {is_mine && !message.deleted && isSameDay(at, new Date()) && (
          <Seal state="disk" label={t("messages.on_disk")} />
        )}
      </span>
      {(pointed || focused) && !editing && !message.deleted && (
        <ActionBar message={message} me={me} onFailure={setFailure} />
      )}
    </li>
  );
});

interface ContentProps {
  message: Message;
  me: string;
  onFailure: (reason: string) => void;
}

function Content({ message, me, onFailure }: ContentProps) {
  const t = useT();
  const answered = message.reply_to ?? message.thread;
  return (
    <>
      {answered && <Quote room_id={message.room_id} id={answered} />}
      <div className={styles.text} data-message-text>
        <MessageText text={message.text} me={me} />
        {message.edited_at && (
          <span className={styles.edited} title={fullTime(new Date(message.edited_at))}>
            {" "}
            {t("messages.edited")}
          </span>
        )}
      </div>
      {message.attachments.map((file) => (
        <p key={file.id} className={styles.file}>
          <Icon name="file" /> {t("messages.attachment", { name: file.name })}
        </p>
      ))}
      {message.reactions.length > 0 && <Reactions message={message} onFailure={onFailure} />}
    </>
  );
}
