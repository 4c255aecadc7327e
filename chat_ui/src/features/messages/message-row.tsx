/** One message of the room, with its head unless it goes on from the one above. */
import { memo } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { concerns } from "@/lib/chat/counts";
import { useT } from "@/lib/i18n";
import { clockTime, fullTime } from "@/lib/i18n/times";
import { userName, useUser } from "@/lib/names";
import { usePeople } from "@/lib/people";
import type { AnyMessage, Message, Reaction as ReactionShown } from "@/lib/protocol";
import styles from "./message.module.css";
import { MessageText } from "./message-text";

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
          {!follows && time}
        </header>
        {message.deleted ? (
          <p className={styles.gone}>{t("messages.deleted")}</p>
        ) : (
          <Content message={message} me={me} />
        )}
      </div>
    </li>
  );
});

function Content({ message, me }: { message: Message; me: string }) {
  const t = useT();
  return (
    <>
      <div className={styles.text}>
        <MessageText text={message.text} me={me} />
        {message.edited_at && <span className={styles.edited}> {t("messages.edited")}</span>}
      </div>
      {message.attachments.map((file) => (
        <p key={file.id} className={styles.file}>
          <Icon name="file" /> {t("messages.attachment", { name: file.name })}
        </p>
      ))}
      {message.reactions.length > 0 && (
        <ul className={styles.reactions}>
          {message.reactions.map((reaction) => (
            <Reaction key={reaction.emoji} reaction={reaction} />
          ))}
        </ul>
      )}
    </>
  );
}

function Reaction({ reaction: { emoji, count, user_ids, mine } }: { reaction: ReactionShown }) {
  const t = useT();
  const named = usePeople(({ users }) => user_ids.map((id) => users[id]?.display_name ?? "…").join(", "));
  const names = count > user_ids.length ? `${named}, +${count - user_ids.length}` : named;
  return (
    <li className={mine ? styles.mine : undefined} title={t("messages.reaction", { emoji, names })}>
      {emoji} {count}
    </li>
  );
}
