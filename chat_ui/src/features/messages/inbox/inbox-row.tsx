/** One message of the inbox: who, where, what and why it came, with the reply in place once it is chosen. */

import { type KeyboardEvent, type MouseEvent, useRef, useState } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { PersonButton } from "@/components/person-button";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { fullTime, shortTime } from "@/lib/i18n/time-words";
import { placeName, useRoomName, userName, useUser } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { InboxItem, Room } from "@/lib/protocol";
import { type Filter, inboxPath, messagePath, navigate } from "@/lib/router";
import { areSingleKeysOn } from "@/lib/single-keys";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import { MessageText } from "../message-text";
import styles from "./inbox-row.module.css";
import { ReplyInPlace } from "./reply-in-place";
import { Why } from "./why";

interface Props {
  item: InboxItem;
  me: string;
  filter: Filter;
  is_chosen: boolean;
  /** Whether the Tab key reaches it. */
  is_stop: boolean;
  /** Whether what stands beside the list has the field for the reply. */
  answers_beside: boolean;
  onDone: () => void;
}

export function InboxRow({ item, me, filter, is_chosen, is_stop, answers_beside, onDone }: Props) {
  const t = useT();
  const { message, room_id } = item;
  const row = useRef<HTMLElement>(null);
  const [wants_field, setWantsField] = useState(false);
  const room = useChat(({ timelines }) => timelines[room_id]?.room);
  const room_name = useRoomName(room, me);
  const sender = message?.sender ?? "";
  const user = useUser(sender);
  const name = user ? userName(user) : message ? "…" : t("notice.somebody");
  const at = new Date(item.at);
  const is_news = item.kind === "thread" || item.seq > (room?.read_seq ?? 0);
  const place = placeName(room, room_name);
  const where = useWhere(item, room, place);
  const label = useRowLabel(item, { name, where, is_news });
  const choose = (wanted: boolean) => {
    setWantsField(wanted);
    navigate(inboxPath(filter, item));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const has_modifier = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Escape" && event.target instanceof HTMLTextAreaElement && !event.defaultPrevented) {
      event.preventDefault();
      row.current?.focus();
    }
    if (event.target !== event.currentTarget || has_modifier) return;
    if (event.code.startsWith("Key") && !areSingleKeysOn()) return;
    if (event.code === "KeyE") onDone();
    else if (event.key === "Enter") choose(false);
    else if (event.code === "KeyR") choose(true);
    else if (event.key === "Escape" && is_chosen) navigate(inboxPath(filter));
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const pressed = event.target instanceof Element && event.target.closest("a, button, textarea, form");
    if (!pressed && !getSelection()?.toString()) choose(false);
  };
  const done = (
    <button type="button" className="button small" aria-keyshortcuts="E" onClick={onDone}>
      <Icon name="check" small /> {t("inbox.done")}
    </button>
  );
  return (
    <article
      ref={row}
      className={is_chosen ? `${styles.row} ${styles.chosen}` : styles.row}
      tabIndex={is_stop ? 0 : -1}
      aria-label={label}
      onClick={onClick}
      onKeyDown={onKeyDown}
      data-message
      data-key={`${item.kind} ${item.room_id} ${item.seq}`}
    >
      <span className={is_news ? `${styles.dot} ${styles[item.kind]}` : styles.dot} aria-hidden="true" />
      <PersonButton id={sender} only_pointer>
        <Avatar id={sender} user={user} />
      </PersonButton>
      <div className={styles.body}>
        <header className={styles.line}>
          <Link to={inboxPath(filter, item)} className={styles.name} aria-current={is_chosen ? "true" : undefined}>
            {name}
          </Link>
          <span className={`${styles.where} ellipsis`}>{where}</span>
          <time dateTime={item.at} title={fullTime(at)}>
            {shortTime(at, new Date())}
          </time>
        </header>
        <div className={is_chosen ? undefined : styles.cut}>
          {message ? (
            <MessageText text={message.text} me={me} sender={message.sender} />
          ) : (
            <p className={styles.gone}>{t("messages.quote_gone")}</p>
          )}
        </div>
        <Why item={item} name={name} room={room} place={place} />
        {is_chosen && room && message && !answers_beside && (
          <ReplyInPlace room={room} message={message} me={me} focuses={wants_field} />
        )}
        {is_chosen ? (
          <div className={styles.ways}>
            {done}
            <Link to={messagePath(item)} className={styles.opens}>
              {t("inbox.open_in", { name: place })}
            </Link>
          </div>
        ) : (
          <div className={styles.quick}>{done}</div>
        )}
      </div>
    </article>
  );
}

function useWhere({ kind, unread }: InboxItem, room: Room | undefined, place: string): string {
  const t = useT();
  const where = room?.kind === "direct" ? t("inbox.direct") : t("inbox.in", { name: place });
  return kind === "thread" && unread ? t("inbox.in_thread", { where, count: unread }) : where;
}

/** Name the row as a screen reader says it: who, where, what, and whether it is new. */
function useRowLabel({ message }: InboxItem, facts: { name: string; where: string; is_news: boolean }): string {
  const t = useT();
  const named = useNamedText(message?.text ?? "", message ? mentionedIn(message) : []);
  const text = named ? oneLine(named) : t("messages.quote_gone");
  return t(facts.is_news ? "inbox.row_new" : "inbox.row", { name: facts.name, where: facts.where, text });
}
