/** The thread under a message, in the panel beside the room: the message, its replies, and a field of its own. */
import { Fragment, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { Panel } from "@/components/panel";
import type { MessageRun } from "@/lib/chat/message-run";
import { retryQuoted, useQuoted, useQuotedFailure } from "@/lib/chat/quoted";
import { useChat } from "@/lib/chat/store";
import { useThread } from "@/lib/chat/thread";
import { followThread, useFollows } from "@/lib/chat/thread-follows";
import { markThreadRead } from "@/lib/chat/thread-reads";
import { closedBecause, useMuteEnding } from "@/lib/chat/writing";
import { useFocused } from "@/lib/focus";
import { explain, useT } from "@/lib/i18n";
import { useRoomName } from "@/lib/names";
import type { Room } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import { ClosedBar } from "./closed-bar";
import { Composer } from "./composer";
import { LeftBehind } from "./left-behind";
import { follows, NewRule } from "./message-list";
import { MessageRow } from "./message-row";
import { onRowKey } from "./row-keys";
import styles from "./thread.module.css";
import { UnsentRow } from "./unsent-row";

// A reader this near to the end stays at the end.
const SLACK_PIXELS = 40;

interface Props {
  room_id: string;
  root_id: string;
  /** Where one is without it; the room, if that is not said. */
  closes_to?: string;
}

export function ThreadPanel({ room_id, root_id, closes_to = roomPath(room_id) }: Props) {
  const room = useChat(({ timelines }) => timelines[room_id]?.room);
  return room ? <Thread key={root_id} room={room} root_id={root_id} closes_to={closes_to} /> : null;
}

interface ThreadProps {
  room: Room;
  root_id: string;
  closes_to: string;
}

function Thread({ room, root_id, closes_to }: ThreadProps) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const name = useRoomName(room, me);
  const root = useQuoted(room.id, root_id);
  const root_failure = useQuotedFailure(root_id);
  const thread = useThread(room.id, root_id);
  const { replies } = thread;
  useMuteEnding(room);
  const closed = closedBecause(room);
  const lacks_root = root === undefined && root_failure !== null;
  const failure = thread.failure ?? (lacks_root ? root_failure : null);
  const retry = () => {
    if (thread.failure !== null) thread.retry();
    if (lacks_root) retryQuoted(room.id, root_id);
  };
  const outbox = useChat((chat) => chat.outbox);
  const unsent = useMemo(() => outbox.filter(({ thread }) => thread === root_id), [outbox, root_id]);
  // Those that are gone keep their place, as in the room: the server counts them too.
  const shown = useMemo(() => replies?.slice() ?? [], [replies]);
  // A thread of very many replies is loaded in part; the server counts all of them.
  const count = Math.max(shown.length, root?.replies ?? 0);
  const fresh = useNewReplies(replies, { read_n: thread.read_n, me });
  const box = useRef<HTMLElement>(null);
  const { at_end, onScroll } = useStayAtEnd(box, `${shown.length} ${unsent.length}`);
  useReadMark(room.id, root_id, { n: shown.at(-1)?.n ?? 0, at_end });
  const last = shown.at(-1) ?? root ?? undefined;
  return (
    <Panel
      className={styles.panel}
      label={t("threads.title_of", { name })}
      title={t("threads.title")}
      lead={name}
      action={<Follow room_id={room.id} root_id={root_id} />}
      close={{ label: t("threads.close"), to: closes_to }}
    >
      <section
        ref={box}
        className={styles.list}
        onScroll={onScroll}
        onKeyDown={(event) =>
          onRowKey(event, {
            toFirst: () => focusRow(box, 0),
            toEnd: () => focusRow(box, -1),
            field: "thread-composer",
          })
        }
        role="log"
        aria-live="off"
        aria-label={t("threads.region")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll.
        tabIndex={0}
      >
        {root === null && <p className={styles.middle}>{t("messages.quote_gone")}</p>}
        {root && <MessageRow message={root} follows={false} me={me} in_thread />}
        {failure && (
          <div className={styles.middle}>
            <Alert>{failure}</Alert>
            <button type="button" className="button" onClick={retry}>
              {t("app.retry")}
            </button>
          </div>
        )}
        {replies && (
          <p className={styles.count} role="status">
            <span>{count > 0 ? t("threads.replies", { count }) : t("threads.none")}</span>
          </p>
        )}
        {shown.map((message, index) => {
          const above = shown[index - 1];
          const goes_on = above !== undefined && follows(above, message.sender, message.at);
          const is_last = index === shown.length - 1;
          const is_first_new = message.n === fresh?.n;
          return (
            <Fragment key={message.id}>
              {is_first_new && (
                <div className={styles.fresh}>
                  <NewRule count={fresh.count} />
                </div>
              )}
              <MessageRow message={message} follows={!is_first_new && goes_on} me={me} is_stop={is_last} in_thread />
            </Fragment>
          );
        })}
        {unsent.map((one, index) => {
          const at = new Date(one.written_at).toISOString();
          const goes_on = index > 0 || (shown.length > 0 && last !== undefined && follows(last, me, at));
          return <UnsentRow key={one.cid} unsent={one} follows={goes_on} me={me} />;
        })}
      </section>
      {root && !root.deleted && !closed && (
        <Composer room_id={room.id} thread={root_id} name={t("threads.title")} me={me} />
      )}
      {closed && root !== undefined && <ClosedBar closed={closed} room={room} in_thread />}
      {!closed && (root === null || root?.deleted) && (
        <div className={styles.closed}>
          <p>{t("threads.closed")}</p>
          <LeftBehind me={me} room_id={room.id} root_id={root_id} />
        </div>
      )}
    </Panel>
  );
}

/** Stands there once the server has said whether one follows it. */
function Follow({ room_id, root_id }: { room_id: string; root_id: string }) {
  const t = useT();
  const is_followed = useFollows(root_id);
  const [failure, setFailure] = useState<string | null>(null);
  if (is_followed === null) return null;
  const toggle = () => {
    setFailure(null);
    followThread(room_id, root_id, !is_followed).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      {failure && (
        <span role="alert" className="ellipsis soft" title={failure}>
          {failure}
        </span>
      )}
      <button type="button" className={styles.follow} aria-pressed={is_followed} onClick={toggle}>
        <Icon name={is_followed ? "bell" : "bell_off"} small />
        {t(is_followed ? "threads.following" : "threads.follow")}
      </button>
    </>
  );
}

/** The first reply by another that one had not read when the thread was opened, and how many there were. */
function useNewReplies(replies: MessageRun | null, { read_n, me }: { read_n: number | null; me: string }) {
  const [found, setFound] = useState<{ n: number; count: number } | null>(null);
  const [is_looked, setLooked] = useState(false);
  if (!is_looked && replies !== null) {
    setLooked(true);
    const fresh = replies
      .slice()
      .filter(({ n, sender, deleted }) => read_n !== null && n > read_n && sender !== me && !deleted);
    if (fresh[0]) setFound({ n: fresh[0].n, count: fresh.length });
  }
  return found;
}

/** Stay at the end while one is there, whatever comes; a thread opens at its end. */
function useStayAtEnd(box: React.RefObject<HTMLElement | null>, content: string) {
  const stays = useRef(true);
  const [at_end, setAtEnd] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more content is the reason to scroll.
  useLayoutEffect(() => {
    if (stays.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [box, content]);
  const onScroll = () => {
    if (!box.current) return;
    const { scrollTop, scrollHeight, clientHeight } = box.current;
    stays.current = scrollHeight - scrollTop - clientHeight <= SLACK_PIXELS;
    setAtEnd(stays.current);
  };
  return { at_end, onScroll };
}

/** Say that the thread is read up to its last reply while the person is in front of it. */
function useReadMark(room_id: string, root: string, { n, at_end }: { n: number; at_end: boolean }): void {
  const focused = useFocused();
  const online = useChat(({ link }) => link === "online");
  useEffect(() => {
    if (!focused || !online || !at_end || n === 0) return;
    markThreadRead(room_id, root, n).catch((error) =>
      console.warn("The thread could not be marked as read yet.", error),
    );
  }, [room_id, root, n, focused, online, at_end]);
}

function focusRow(box: React.RefObject<HTMLElement | null>, place: number): void {
  const rows = [...(box.current?.querySelectorAll<HTMLElement>("[data-message]") ?? [])];
  rows.at(place)?.focus();
}
