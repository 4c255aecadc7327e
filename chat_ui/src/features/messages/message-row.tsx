/** One message of the room, with its head unless it goes on from the one above. */
import { memo, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { concerns } from "@/lib/chat/counts";
import { useT } from "@/lib/i18n";
import { clockTime, fullTime, isSameDay } from "@/lib/i18n/times";
import { userName, useUser } from "@/lib/names";
import type { AnyMessage, Message } from "@/lib/protocol";
import styles from "./message.module.css";
import { MessageText } from "./message-text";
import { Reactions } from "./reactions";

interface Props {
  message: AnyMessage;
  follows: boolean;
  me: string;
}

export const MessageRow = memo(function MessageRow({ message, follows, me }: Props) {
  const t = useT();
  const user = useUser(message.sender);
  const at = new Date(message.at);
  const to_me = !message.deleted && message.sender !== me && concerns(message.mentions, me);
  const time = (
    <time dateTime={message.at} title={fullTime(at)} className={styles.time}>
      {clockTime(at)}
    </time>
  );
  return (
    <li className={`${styles.message} ${follows ? styles.follows : ""} ${to_me ? styles.addressed : ""}`}>
      {follows ? time : <Avatar id={message.sender} user={user} />}
      <div className={styles.body}>
        <header className={follows ? "only-read-out" : styles.head}>
          <strong>{user ? userName(user) : "…"}</strong>
          {user?.bot && <span className={styles.bot}>{t("messages.bot")}</span>}
          {!follows && time}
        </header>
        {message.deleted ? (
          <p className={styles.gone}>{t("messages.deleted")}</p>
        ) : (
          <Content message={message} me={me} />
        )}
      </div>
      <span className={styles.ledger}>
        {message.sender === me && !message.deleted && isSameDay(at, new Date()) && (
          <Seal state="disk" label={t("messages.on_disk")} />
        )}
      </span>
    </li>
  );
});

function Content({ message, me }: { message: Message; me: string }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  return (
    <>
      <div className={styles.text} data-message-text>
        <MessageText text={message.text} me={me} />
        {message.edited_at && <span className={styles.edited}> {t("messages.edited")}</span>}
      </div>
      {message.attachments.map((file) => (
        <p key={file.id} className={styles.file}>
          <Icon name="file" /> {t("messages.attachment", { name: file.name })}
        </p>
      ))}
      {message.reactions.length > 0 && <Reactions message={message} onFailure={setFailure} />}
      {failure && <Alert>{failure}</Alert>}
    </>
  );
}
