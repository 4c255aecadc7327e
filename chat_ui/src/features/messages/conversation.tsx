/** The messages of the room that is shown: loads them, keeps the reader's place, and marks as read what was seen. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { loadLatest, loadOlder, trimHistory } from "@/lib/chat/history";
import { markRead } from "@/lib/chat/reading";
import { useChat } from "@/lib/chat/store";
import type { Timeline } from "@/lib/chat/timeline";
import { useFocused } from "@/lib/focus";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { MessageList } from "./message-list";
import { NewestRead } from "./newest-read";
import styles from "./room-page.module.css";
import { onRowKey } from "./row-keys";
import { useScroll } from "./use-scroll";

// The page above is asked for before one gets to the edge.
const AHEAD_PIXELS = 600;
// Who left more than this unread starts at the end rather than wait.
const MOST_OPENED = 500;

export function Conversation({ timeline, name, me }: { timeline: Timeline; name: string; me: string }) {
  const t = useT();
  const { room, messages, has_older } = timeline;
  const outbox = useChat((chat) => chat.outbox);
  const unsent = outbox.filter((one) => one.room_id === room.id);
  const read_seq = useNewLine(room);
  const box = useRef<HTMLElement>(null);
  const first = messages?.at(0)?.id ?? unsent[0]?.cid ?? null;
  const opened = useOpened(timeline, read_seq);
  const { at_end, isAtEnd, onScroll, toEnd } = useScroll(box, {
    first: opened ? first : null,
    content: [messages, outbox],
  });
  const { failure, load } = useHistory(timeline, box, opened);
  useReadMark(timeline, { opened, at_end, isAtEnd });

  // What one writes oneself is what one wants to see.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another unsent message is a reason.
  useEffect(() => {
    if (unsent.length > 0) toEnd();
  }, [unsent.at(-1)?.cid]);

  const begins = room.kind === "direct" ? "messages.beginning_direct" : "messages.beginning";
  const onScrolled = () => {
    onScroll();
    if (has_older && box.current && box.current.scrollTop < AHEAD_PIXELS) load();
  };
  return (
    <div className={styles.frame}>
      <section
        ref={box}
        className={styles.box}
        onScroll={onScrolled}
        onKeyDown={onRowKey}
        aria-label={t("messages.region", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll.
        tabIndex={0}
      >
        <div className={styles.content}>
          {failure && (
            <div className={styles.middle}>
              <Alert>{t("messages.failed_history")}</Alert>
              <p className="soft">{failure}</p>
              <button type="button" className="button" onClick={load}>
                {t("app.retry")}
              </button>
            </div>
          )}
          {!failure && has_older && <p className={styles.edge}>{t("messages.loading")}</p>}
          {messages && opened && !has_older && (
            <p className={styles.edge}>{messages.length === 0 ? t("messages.none") : t(begins, { name })}</p>
          )}
          {messages && opened && (
            <MessageList messages={messages.slice()} unsent={unsent} me={me} read_seq={read_seq} />
          )}
        </div>
      </section>
      {!at_end && (
        <button type="button" className={styles.jump} onClick={toEnd}>
          <Icon name="down" />
          {room.unread ? t("messages.jump_new", { count: room.unread }) : t("messages.jump")}
        </button>
      )}
      <NewestRead newest={messages?.at(-1)} me={me} />
    </div>
  );
}

/** Return the position behind which "new" stands: set on opening, and by the first message that comes unseen. */
function useNewLine(room: Room): number | null {
  const unread = room.unread ?? 0;
  const focused = useFocused();
  const [line, setLine] = useState(unread > 0 ? (room.read_seq ?? 0) : null);
  const [unread_before, setUnreadBefore] = useState(unread);
  if (unread !== unread_before) {
    setUnreadBefore(unread);
    if (unread_before === 0 && !focused) setLine(room.read_seq ?? 0);
  }
  return line;
}

/** Tell whether there was ever enough to open the room at its first unread message. */
function useOpened(timeline: Timeline, read_seq: number | null): boolean {
  const [opened, setOpened] = useState(false);
  const { messages, has_older } = timeline;
  const reaches = read_seq === null || (messages?.at(0)?.seq ?? 0) <= read_seq + 1;
  if (!opened && messages && (reaches || !has_older || messages.length >= MOST_OPENED)) setOpened(true);
  return opened;
}

/** Load the latest page when there is none, and the one above as long as the box is not filled. */
function useHistory(timeline: Timeline, box: RefObject<HTMLElement | null>, opened: boolean) {
  const { room, messages, has_older } = timeline;
  const [failure, setFailure] = useState<string | null>(null);
  const [pages, setPages] = useState(0);
  const online = useChat(({ link }) => link === "online");
  const load = () => {
    setFailure(null);
    (messages ? loadOlder : loadLatest)(room.id)
      .then(() => setPages((pages) => pages + 1))
      .catch((error) => setFailure(explain(error)));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page and a connection are reasons to look again.
  useEffect(() => {
    const element = box.current;
    // A list that is not shown, behind a panel on a phone, has no height to be filled.
    const is_shown = element !== null && element.clientHeight > 0;
    const unfilled = is_shown && element.scrollHeight <= element.clientHeight + AHEAD_PIXELS;
    if (!messages || !opened || (has_older && unfilled)) load();
  }, [room.id, messages === null, has_older, pages, opened, online]);
  useEffect(() => () => trimHistory(room.id, null), [room.id]);
  return { failure, load };
}

interface Shown {
  opened: boolean;
  at_end: boolean;
  isAtEnd: () => boolean;
}

/** Mark as read whatever is on the screen while the person is in front of it. */
function useReadMark(timeline: Timeline, { opened, at_end, isAtEnd }: Shown): void {
  const { room, position } = timeline;
  const focused = useFocused();
  const online = useChat(({ link }) => link === "online");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these may make it time to mark.
  useEffect(() => {
    if (focused && online && opened && isAtEnd()) markRead(room.id);
  }, [room.id, position, room.unread, room.mentions, focused, online, at_end, opened]);
}
