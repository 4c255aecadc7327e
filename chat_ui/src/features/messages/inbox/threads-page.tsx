/** The threads that one follows: what was said last in each, and the thread itself beside the list. */
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { useFollowed } from "@/lib/chat/followed";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useMedia } from "@/lib/media";
import { followedPath, navigate, threadPath } from "@/lib/router";
import { EmojiPopover } from "../emoji-popover";
import frame from "../room-page.module.css";
import { onRowKey } from "../row-keys";
import { ThreadPanel } from "../thread-panel";
import { FollowedRow } from "./followed-row";
import styles from "./inbox.module.css";
import { InboxSkeleton } from "./inbox-skeleton";
import { NothingWaits } from "./nothing-waits";

// As in the layout of the columns.
const BESIDE = "(min-width: 1024px)";

interface Props {
  chosen: { room_id: string; root: string } | null;
  /** Whether something else stands beside it. */
  is_covered: boolean;
  /** What is said about the connection. */
  bar: ReactNode;
}

export default function ThreadsPage({ chosen, is_covered, bar }: Props) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const [unread, setUnread] = useState(false);
  const { items, next, failure, more, refresh } = useFollowed(unread);
  const has_room = useMedia(BESIDE);
  const rows = useRef<HTMLElement>(null);
  const [stop, setStop] = useState<string | null>(null);
  const stop_root = items?.some(({ root }) => root.id === stop) ? stop : items?.[0]?.root.id;
  const is_known = useChat(({ timelines }) => (chosen?.room_id ?? "") in timelines);
  const open = (room_id: string, root: string) =>
    navigate(has_room ? followedPath(room_id, root) : threadPath(room_id, root));
  const focusRow = (place: number) =>
    [...(rows.current?.querySelectorAll<HTMLElement>("[data-key]") ?? [])].at(place)?.focus();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "Escape") onRowKey(event, { toFirst: () => focusRow(0), toEnd: () => focusRow(-1) });
  };
  return (
    <>
      <main className={`${frame.page} ${styles.page}`} id="main">
        <header className={`${frame.head} ${styles.head}`}>
          <Link to="/" className={`icon-button ${frame.back}`} aria-label={t("app.back")}>
            <Icon name="back" />
          </Link>
          <h1>{t("inbox.threads")}</h1>
          <button
            type="button"
            className={`${frame.opens} ${styles.action}`}
            aria-label={t("inbox.unread_only")}
            title={t("inbox.unread_only")}
            aria-pressed={unread}
            onClick={() => setUnread(!unread)}
          >
            <Icon name="filter" />
            <span>{t("inbox.unread_only")}</span>
          </button>
        </header>
        {bar}
        <section
          ref={rows}
          className={styles.content}
          aria-label={t("inbox.threads")}
          onKeyDown={onKeyDown}
          onFocus={(event) => setStop(event.target.closest<HTMLElement>("[data-key]")?.dataset.key ?? stop)}
        >
          {failure && (
            <div className={styles.failure}>
              <Alert>{failure}</Alert>
              <button type="button" className="button" onClick={refresh}>
                {t("app.retry")}
              </button>
            </div>
          )}
          {!items && !failure && <InboxSkeleton />}
          {items?.length === 0 && <NothingWaits about={unread ? "thread" : "followed"} />}
          <div className={`${styles.section} ${styles.plain}`}>
            {items?.map((thread) => (
              <FollowedRow
                key={thread.root.id}
                thread={thread}
                me={me}
                is_chosen={chosen?.root === thread.root.id}
                is_stop={thread.root.id === stop_root}
                onOpen={() => open(thread.room_id, thread.root.id)}
                onUnfollow={refresh}
              />
            ))}
            {next && (
              <button type="button" className={`button ${styles.more}`} onClick={more}>
                {t("inbox.more")}
              </button>
            )}
          </div>
        </section>
        <EmojiPopover me={me} />
      </main>
      {chosen && is_known && has_room && !is_covered && (
        <ThreadPanel room_id={chosen.room_id} root_id={chosen.root} closes_to="/threads" />
      )}
    </>
  );
}
