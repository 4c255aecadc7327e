/** One room of the inbox with something unread in it: how much, and the last of it. */
import type { KeyboardEvent, MouseEvent } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { fullTime, shortTime } from "@/lib/i18n/time-words";
import { useRoomName, useUser, useUserName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { InboxItem, Room } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { areSingleKeysOn } from "@/lib/single-keys";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import styles from "./inbox-row.module.css";

interface Props {
  item: InboxItem;
  me: string;
  /** Whether the Tab key reaches it. */
  is_stop: boolean;
  onDone: () => void;
}

export function UnreadRow({ item, me, is_stop, onDone }: Props) {
  const t = useT();
  const room = useChat(({ timelines }) => timelines[item.room_id]?.room);
  const name = useRoomName(room, me);
  const at = new Date(item.at);
  const count = room?.unread ?? item.unread ?? 0;
  const calls = room?.kind === "channel" ? (room.mentions ?? 0) : count;
  const gist = useGist(item);
  const path = roomPath(item.room_id);
  const onKeyDown = (event: KeyboardEvent) => {
    const has_modifier = event.ctrlKey || event.metaKey || event.altKey;
    if (event.target !== event.currentTarget || has_modifier) return;
    if (event.code.startsWith("Key") && !areSingleKeysOn()) return;
    if (event.code === "KeyE") onDone();
    else if (event.key === "Enter") navigate(path);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    if (!(event.target instanceof Element && event.target.closest("a, button"))) navigate(path);
  };
  return (
    <article
      className={`${styles.row} ${styles.of_room}`}
      tabIndex={is_stop ? 0 : -1}
      aria-label={t("inbox.row_room", { name, count, text: gist })}
      onClick={onClick}
      onKeyDown={onKeyDown}
      data-message
      data-key={`${item.kind} ${item.room_id} ${item.seq}`}
    >
      <span className={calls > 0 ? `${styles.dot} ${styles.mention}` : styles.dot} aria-hidden="true" />
      <RoomSign room={room} me={me} />
      <div className={styles.body}>
        <header className={styles.line}>
          <Link to={path} className={`${styles.name} ellipsis`}>
            {room?.kind === "channel" ? room.name : name}
          </Link>
          <span className={styles.where}>
            {t("inbox.new", { count })}
            {", "}
            <time dateTime={item.at} title={fullTime(at)}>
              {shortTime(at, new Date())}
            </time>
          </span>
        </header>
        <p className={`${styles.gist} ellipsis`}>{gist}</p>
      </div>
      <button type="button" className="button small" aria-keyshortcuts="E" onClick={onDone}>
        {t("messages.mark_read")}
      </button>
    </article>
  );
}

/** Who said what, on one line. */
function useGist({ message }: InboxItem): string {
  const t = useT();
  const name = useUserName(message?.sender ?? "");
  const named = useNamedText(message?.text ?? "", message ? mentionedIn(message) : []);
  if (!message) return t("messages.deleted");
  return t("inbox.said", { name, text: oneLine(named) });
}

function RoomSign({ room, me }: { room: Room | undefined; me: string }) {
  const person = room?.kind === "direct" ? (room.peers?.find((id) => id !== me) ?? me) : "";
  const user = useUser(person);
  if (person) return <Avatar id={person} user={user} />;
  const icon = room?.kind === "channel" ? (room.private ? "lock" : "hash") : "people";
  return (
    <span className={styles.sign}>
      <Icon name={icon} />
    </span>
  );
}
