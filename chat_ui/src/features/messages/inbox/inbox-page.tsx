/** The inbox: what calls the person, threads with news and unread rooms, each to be answered and called done in place. */

import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { keyOf, loadMore, refreshInbox, setDone, shownOf, useInbox, useLiveInbox } from "@/lib/chat/inbox";
import { KINDS, type Kind } from "@/lib/chat/inbox-answer";
import { useChat } from "@/lib/chat/store";
import { rootOf } from "@/lib/chat/threads";
import { useT } from "@/lib/i18n";
import { useMedia } from "@/lib/media";
import type { InboxItem } from "@/lib/protocol";
import { FILTERS, type Filter, inboxPath, navigate } from "@/lib/router";
import { loadAll, replyPlace } from "../drafts";
import { EmojiPopover } from "../emoji-popover";
import frame from "../room-page.module.css";
import { onRowKey } from "../row-keys";
import { moveDraft } from "../taking-back";
import { ThreadPanel } from "../thread-panel";
import { ContextPanel } from "./context-panel";
import styles from "./inbox.module.css";
import { InboxRow } from "./inbox-row";
import { InboxSkeleton } from "./inbox-skeleton";
import { NothingWaits } from "./nothing-waits";
import { UnreadRow } from "./unread-row";

// As in the layout of the columns.
const BESIDE = "(min-width: 1024px)";

interface Props {
  filter: Filter;
  /** The message that is chosen, by its place. */
  chosen: { room_id: string; seq: number } | null;
  /** Whether something else stands beside it. */
  is_covered: boolean;
  /** What is said about the connection. */
  bar: ReactNode;
}

export default function InboxPage({ filter, chosen, is_covered, bar }: Props) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const inbox = useInbox();
  const lists = KINDS.map((kind) => ({ kind, items: shownOf(inbox, kind), next: inbox.lists[kind]?.next ?? null }));
  const shown = lists.filter(({ kind }) => filter === "all" || filter === kind);
  const items = shown.flatMap((list) => list.items ?? []);
  const is_loaded = shown.every((list) => list.items !== null);
  const chosen_item = useChosen(
    chosen,
    lists.flatMap((list) => list.items ?? []),
  );
  const has_room = useMedia(BESIDE);
  const is_beside = has_room && !is_covered && chosen !== null;
  const rows = useRef<HTMLElement>(null);
  const [stop, setStop] = useState<string | null>(null);
  useLiveInbox();
  // Whoever comes here later is not told what went wrong before.
  useEffect(() => () => useInbox.setState({ failure: null }), []);
  const stop_key = items.some((item) => keyOf(item) === stop) ? stop : items[0] && keyOf(items[0]);

  const finish = (item: InboxItem) => {
    focusBeside(rows.current, keyOf(item));
    if (chosen_item && keyOf(chosen_item) === keyOf(item)) navigate(inboxPath(filter), { replace: true });
    keepReply(me, item);
    void setDone([item]);
  };
  const finishAll = async () => {
    if (chosen) navigate(inboxPath(filter), { replace: true });
    for (const item of items) keepReply(me, item);
    await setDone(items);
    await refreshInbox();
  };
  const ends = {
    toFirst: () => focusRow(rows.current, 0),
    toEnd: () => focusRow(rows.current, -1),
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // Escape leaves a row for the field, of which there is none here but in the row itself.
    if (event.key !== "Escape") onRowKey(event, ends);
  };
  return (
    <>
      <main className={`${frame.page} ${styles.page}`} id="main">
        <header className={`${frame.head} ${styles.head}`}>
          <h1>{t("inbox.title")}</h1>
          <button
            type="button"
            className={`${frame.opens} ${styles.action}`}
            aria-label={t("inbox.all_done")}
            title={t("inbox.all_done")}
            disabled={items.length === 0}
            onClick={finishAll}
          >
            <Icon name="all_done" />
            <span>{t("inbox.all_done")}</span>
          </button>
        </header>
        {bar}
        <nav className={styles.tabs} aria-label={t("inbox.filters")}>
          {FILTERS.map((name) => (
            <Tab
              key={name}
              name={name}
              is_shown={name === filter}
              lists={lists.filter(({ kind }) => name === "all" || name === kind)}
            />
          ))}
        </nav>
        <section
          ref={rows}
          className={styles.content}
          aria-label={t("inbox.title")}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            const row = event.target.closest<HTMLElement>("[data-key]");
            if (row) setStop(row.dataset.key ?? null);
          }}
        >
          {inbox.failure && (
            <div className={styles.failure}>
              <Alert>{inbox.failure}</Alert>
              <button type="button" className="button" onClick={refreshInbox}>
                {t("app.retry")}
              </button>
            </div>
          )}
          {!is_loaded && !inbox.failure && <InboxSkeleton />}
          {is_loaded && items.length === 0 && <NothingWaits about={filter} />}
          {shown.map(
            (list) =>
              list.items &&
              list.items.length > 0 && (
                <section key={list.kind} className={styles.section} aria-labelledby={`inbox-${list.kind}`}>
                  <h2 id={`inbox-${list.kind}`} className={filter === "all" ? undefined : "only-read-out"}>
                    {t(`inbox.of_${list.kind}`)}
                  </h2>
                  {list.items.map((item) => {
                    const key = keyOf(item);
                    const common = { item, me, is_stop: key === stop_key, onDone: () => finish(item) };
                    if (item.kind === "unread") return <UnreadRow key={key} {...common} />;
                    const is_chosen = chosen_item !== null && keyOf(chosen_item) === key;
                    return (
                      <InboxRow
                        // A thread's item goes on with each reply, and one may be writing in its row.
                        key={item.kind === "thread" ? `${item.room_id} ${threadOf(item)}` : key}
                        {...common}
                        filter={filter}
                        is_chosen={is_chosen}
                        answers_beside={is_beside && threadOf(item) !== null}
                      />
                    );
                  })}
                  {list.next && (
                    <button type="button" className={`button ${styles.more}`} onClick={() => loadMore(list.kind)}>
                      {t("inbox.more")}
                    </button>
                  )}
                </section>
              ),
          )}
        </section>
        <EmojiPopover me={me} />
      </main>
      {is_beside && chosen && (
        <Beside key={`${chosen.room_id} ${chosen.seq}`} chosen={chosen} item={chosen_item} filter={filter} />
      )}
    </>
  );
}

interface List {
  kind: Kind;
  items: InboxItem[] | null;
  next: string | null;
}

function Tab({ name, is_shown, lists }: { name: Filter; is_shown: boolean; lists: List[] }) {
  const t = useT();
  const count = lists.reduce((sum, { items }) => sum + (items?.length ?? 0), 0);
  const has_more = lists.some(({ next }) => next !== null);
  return (
    <Link to={inboxPath(name)} aria-current={is_shown ? "page" : undefined}>
      <span className={styles.long}>{t(`inbox.filter_${name}`)}</span>
      <span className={styles.short}>{t(name === "unread" ? "inbox.filter_rooms" : `inbox.filter_${name}`)}</span>{" "}
      {count > 0 && <span className={styles.number}>{has_more ? `${count}+` : count}</span>}
    </Link>
  );
}

/** What stands beside the list: the thread to which the message belongs, else what was said around it. */
function Beside({ chosen, item, filter }: { chosen: Chosen; item: InboxItem | null; filter: Filter }) {
  const is_known = useChat(({ timelines }) => chosen.room_id in timelines);
  const root = item && threadOf(item);
  if (!is_known) return null;
  if (root) return <ThreadPanel room_id={chosen.room_id} root_id={root} closes_to={inboxPath(filter)} />;
  return <ContextPanel room_id={chosen.room_id} seq={chosen.seq} closes_to={inboxPath(filter)} />;
}

type Chosen = NonNullable<Props["chosen"]>;

/** Return the item that the address names. Of a thread that went on it is the row that stands for it now; what left the list is kept. */
function useChosen(chosen: Props["chosen"], items: InboxItem[]): InboxItem | null {
  const [kept, setKept] = useState<InboxItem | null>(null);
  const before = kept?.room_id === chosen?.room_id && kept?.seq === chosen?.seq ? kept : null;
  const found =
    items.find((item) => item.kind !== "unread" && item.room_id === chosen?.room_id && item.seq === chosen?.seq) ??
    null;
  if (found && found !== kept) setKept(found);
  if (!chosen || found || !before) return found;
  const root = threadOf(before);
  const same_thread = root ? items.find((item) => item.kind === "thread" && threadOf(item) === root) : undefined;
  return same_thread ?? before;
}

/** Return the message under which the item's thread hangs; null where it stands in its room. */
function threadOf({ thread, message }: InboxItem): string | null {
  return thread ?? (message && rootOf(message));
}

function focusRow(list: HTMLElement | null, place: number): void {
  [...(list?.querySelectorAll<HTMLElement>("[data-key]") ?? [])].at(place)?.focus();
}

/** Leave a row that goes for the one below it, or above where it was the last. */
function focusBeside(list: HTMLElement | null, key: string): void {
  const all = [...(list?.querySelectorAll<HTMLElement>("[data-key]") ?? [])];
  const place = all.findIndex((row) => row.dataset.key === key);
  (all[place + 1] ?? all[place - 1])?.focus();
}

/** Put a reply that is only begun into the field of its room: the row that it was written in goes. */
function keepReply(me: string, { kind, room_id, message }: InboxItem): void {
  if (kind !== "mention" || !message || !loadAll(me, replyPlace(message.id)).text.trim()) return;
  moveDraft(me, { from: replyPlace(message.id), to: room_id });
}
