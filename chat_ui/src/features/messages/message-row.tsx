/** One message of the room, with its head unless it goes on from the one above. */
import { type KeyboardEvent, memo, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { concerns } from "@/lib/chat/counts";
import { mayWrite } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { clockTime, fullTime, isSameDay } from "@/lib/i18n/times";
import { userName, useUser } from "@/lib/names";
import type { AnyMessage, Message } from "@/lib/protocol";
import { ActionBar } from "./action-bar";
import { DeleteDialog } from "./delete-dialog";
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
  const at = new Date(message.at);
  const is_mine = message.sender === me;
  const editing = useDesk((desk) => is_mine && !message.deleted && desk.editing[message.room_id]?.id === message.id);
  const [deleting, setDeleting] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const to_me = !message.deleted && !is_mine && concerns(message.mentions, me);
  const onKeyDown = (event: KeyboardEvent) => {
    // The key and not its letter: with a Hangul layout the same key is another letter.
    if (event.target !== event.currentTarget || event.code !== "KeyE" || event.ctrlKey || event.metaKey) return;
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
      ref={row}
      tabIndex={-1}
      // A finger taps the row and gives it the focus; the bar under it would be pressed by the same tap.
      onPointerEnter={(event) => setPointed(event.pointerType !== "touch")}
      onPointerLeave={() => setPointed(false)}
      onFocus={(event) => setFocused(isByKeyOrTouch(event.target))}
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
        {editing && !message.deleted && <MessageEditor message={message} onClose={() => row.current?.focus()} />}
        {!editing && !message.deleted && <Content message={message} me={me} onFailure={setFailure} />}
        {failure && <Alert>{failure}</Alert>}
      </div>
      <span className={styles.ledger}>
        {is_mine && !message.deleted && isSameDay(at, new Date()) && (
          <Seal state="disk" label={t("messages.on_disk")} />
        )}
      </span>
      {(pointed || focused) && !editing && !message.deleted && (
        <ActionBar message={message} me={me} onFailure={setFailure} onDelete={() => setDeleting(true)} />
      )}
      {deleting && !message.deleted && <DeleteDialog message={message} onClose={() => setDeleting(false)} />}
    </li>
  );
});

/** A click of the mouse gives the focus too, but then the pointer already says which row is meant. */
function isByKeyOrTouch(element: Element): boolean {
  return element.matches(":focus-visible") || !matchMedia("(hover: hover)").matches;
}

interface ContentProps {
  message: Message;
  me: string;
  onFailure: (reason: string | null) => void;
}

function Content({ message, me, onFailure }: ContentProps) {
  const t = useT();
  const answered = message.reply_to ?? message.thread;
  const may_react = useChat(({ timelines }) => mayWrite(timelines[message.room_id]?.room));
  return (
    <>
      {answered && <Quote room_id={message.room_id} id={answered} />}
      <div className={styles.text} data-message-text>
        <MessageText
          text={message.text}
          me={me}
          after={
            message.edited_at && (
              <span className={styles.edited} title={fullTime(new Date(message.edited_at))}>
                {" "}
                {t("messages.edited")}
              </span>
            )
          }
        />
      </div>
      {message.attachments.map((file) => (
        <p key={file.id} className={styles.file}>
          <Icon name="file" /> {t("messages.attachment", { name: file.name })}
        </p>
      ))}
      {message.reactions.length > 0 && <Reactions message={message} may_react={may_react} onFailure={onFailure} />}
    </>
  );
}
