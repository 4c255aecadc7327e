/** The messages of the room that is shown: loads them, keeps the reader's place, and marks as read what was seen. */
import { type FocusEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { holdHistory, leaveHistory, loadAround, loadLatest } from "@/lib/chat/history";
import { MessageRun } from "@/lib/chat/message-run";
import type { Unsent } from "@/lib/chat/outbox";
import { readersOf, usePositions } from "@/lib/chat/read-by";
import { markRead } from "@/lib/chat/reading";
import { useChat } from "@/lib/chat/store";
import { rootOf } from "@/lib/chat/threads";
import { covers, type Timeline } from "@/lib/chat/timeline";
import { useFocused } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { navigate, threadPath } from "@/lib/router";
import { Announcer } from "./announcer";
import { LatestButton } from "./latest-button";
import { MessageList } from "./message-list";
import { NewBar } from "./new-bar";
import { keepPlace, placeIn } from "./places";
import { keepUnread, useDesk } from "./room-desk";
import styles from "./room-page.module.css";
import { RoomStart } from "./room-start";
import { onRowKey } from "./row-keys";
import { Skeleton } from "./skeleton";
import { useHistory } from "./use-history";
import { type Aim, useScroll } from "./use-scroll";

// What is unsent stands behind the newest message, which is not loaded then.
const NOTHING: Unsent[] = [];

interface Props {
  timeline: Timeline;
  name: string;
  me: string;
  /** The message that a link led to. */
  seq: number | null;
  /** The message whose thread is open. */
  thread: string | null;
}

export function Conversation({ timeline, name, me, seq, thread }: Props) {
  const t = useT();
  const { room, parted, has_older, has_newer } = timeline;
  const outbox = useChat((chat) => chat.outbox);
  const unsent = useMemo(() => outbox.filter((one) => one.room_id === room.id && !one.thread), [outbox, room.id]);
  const line = useNewLine(room);
  const [start] = useState(() => startOf(room, seq));
  const { opened, failure, run, onSettled, retry } = useHistory(timeline, start?.seq ?? null);
  const box = useRef<HTMLElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const shown_messages = (opened && parted?.rows) || null;
  const first_new = useMemo(() => firstNew(timeline, line.read_seq, me), [timeline, line.read_seq, me]);
  const new_line = useMemo(() => ({ seq: first_new, count: line.count }), [first_new, line.count]);
  const positions = usePositions(room.id);
  const readers = useMemo(
    () => readersOf(shown_messages ?? MessageRun.of([]), positions, { me, has_newer }),
    [shown_messages, positions, me, has_newer],
  );
  const scroll = useScroll(
    { box, rows },
    {
      messages: shown_messages,
      has_newer,
      content: unsent,
      begin: () => (start?.at === "top" && first_new !== null ? { ...start, seq: first_new } : start),
      onSettled,
    },
  );
  const { show, toEnd, place } = scroll;
  const [marked, setMarked] = useState(seq);
  const [aim, setAim] = useState<{ to: Aim | "end" } | null>(null);
  useLayoutEffect(() => {
    if (aim?.to === "end") toEnd();
    else if (aim) show(aim.to);
  }, [aim, show, toEnd]);

  const goTo = (wanted: number, marks = true) => {
    const arrive = () => setAim({ to: { seq: wanted, at: "middle", focus: true } });
    setMarked(marks ? wanted : null);
    if (covers(timeline, wanted)) arrive();
    else void run(() => loadAround(room.id, wanted).then(arrive));
  };
  const goToLatest = () => {
    const arrive = () => setAim({ to: "end" });
    if (has_newer) void run(() => loadLatest(room.id).then(arrive));
    else arrive();
  };
  const ends = {
    toFirst: () => goTo(parted?.rows.at(0)?.seq ?? 0, false),
    toEnd: () => (has_newer ? goToLatest() : goTo(parted?.rows.at(-1)?.seq ?? 0, false)),
  };
  useWanted(room.id, seq, goTo);
  useReplyOpened(timeline, marked);
  useReadMark(timeline, { opened, at_end: scroll.at_end });
  useLeaving(room.id, place);

  // What one writes oneself is what one wants to see.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another unsent message is a reason.
  useEffect(() => {
    if (unsent.length > 0) goToLatest();
  }, [unsent.at(-1)?.cid]);

  const { stop, onFocus, onBlur } = useStop(box, shown_messages, scroll.shown);
  return (
    <div className={styles.frame}>
      <NewBar room={room} line={line} since={first_new === null ? null : atOf(shown_messages, first_new)} />
      <section
        ref={box}
        className={styles.box}
        onScroll={scroll.onScroll}
        onKeyDown={(event) => onRowKey(event, ends)}
        onFocus={onFocus}
        onBlur={onBlur}
        role="log"
        aria-live="off"
        aria-label={t("messages.region", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll.
        tabIndex={0}
      >
        <div className={styles.content}>
          {failure && (
            <div className={styles.middle}>
              <Alert>{t("messages.failed_history")}</Alert>
              <p className="soft">{failure}</p>
              <button type="button" className="button" onClick={retry}>
                {t("app.retry")}
              </button>
            </div>
          )}
          {!failure && (!shown_messages || has_older) && <Skeleton fills={!shown_messages} />}
          {shown_messages && !has_older && (
            <RoomStart room={room} name={name} is_empty={shown_messages.length === 0 && unsent.length === 0} />
          )}
          {shown_messages && (
            <MessageList
              room_id={room.id}
              messages={shown_messages}
              unsent={has_newer ? NOTHING : unsent}
              me={me}
              line={new_line}
              shown={scroll.shown}
              bottom={scroll.bottom}
              rows={rows}
              stop={stop}
              marked={marked}
              open_thread={thread}
              readers={readers}
            />
          )}
        </div>
      </section>
      {shown_messages && !scroll.at_end && <LatestButton unread={room.unread ?? 0} onPress={goToLatest} />}
      <Announcer timeline={timeline} me={me} />
    </div>
  );
}

/** Return where one begins to read: at the message of a link, the first unread one, or where one was; null for the end. */
function startOf(room: Room, seq: number | null): Aim | null {
  if (seq !== null) return { seq, at: "middle", focus: true };
  if (room.unread) return { seq: (room.read_seq ?? 0) + 1, at: "top" };
  const place = placeIn(room.id);
  return place && { seq: place.seq, at: place.offset };
}

/** Return the first message behind the read position that another wrote, unless it may lie above what is loaded. */
function firstNew(timeline: Timeline, read_seq: number | null, me: string): number | null {
  const rows = timeline.parted?.rows;
  if (read_seq === null || !rows || !covers(timeline, read_seq + 1)) return null;
  let place = rows.placeOf(read_seq + 1);
  while (rows.at(place)?.sender === me) place += 1;
  return rows.at(place)?.seq ?? null;
}

function atOf(messages: MessageRun | null, seq: number): string | null {
  return messages?.at(messages.placeOf(seq))?.at ?? null;
}

/** Where "new" stands, and how many are behind it: set on opening, and by the first message that comes unseen. */
function useNewLine(room: Room): { read_seq: number | null; count: number } {
  const unread = room.unread ?? 0;
  const focused = useFocused();
  const [line, setLine] = useState({ read_seq: unread > 0 ? (room.read_seq ?? 0) : null, count: unread });
  const [before, setBefore] = useState({ unread, read_seq: room.read_seq ?? 0 });
  if (unread !== before.unread || (room.read_seq ?? 0) !== before.read_seq) {
    setBefore({ unread, read_seq: room.read_seq ?? 0 });
    const is_back = (room.read_seq ?? 0) < before.read_seq;
    if (is_back || (before.unread === 0 && unread > 0 && !focused))
      setLine({ read_seq: room.read_seq ?? 0, count: unread });
    else if (unread > before.unread && line.read_seq !== null)
      setLine({ ...line, count: line.count + unread - before.unread });
  }
  return line;
}

/** Go where a link or a quote leads, also when the room is open already. */
function useWanted(room_id: string, seq: number | null, goTo: (seq: number) => void): void {
  const jump = useDesk(({ jumps }) => jumps[room_id] ?? null);
  const before = useRef({ seq, jump });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another aim is the only reason to go.
  useEffect(() => {
    const { seq: last_seq, jump: last_jump } = before.current;
    before.current = { seq, jump };
    if (jump && jump !== last_jump) goTo(jump.seq);
    else if (seq !== null && seq !== last_seq) goTo(seq);
  }, [seq, jump]);
}

/** A link to a reply opens its thread, which is where it stands. */
function useReplyOpened({ room, messages }: Timeline, seq: number | null): void {
  const place = seq === null ? -1 : (messages?.placeOf(seq) ?? -1);
  const found = place < 0 ? undefined : messages?.at(place);
  const root = found?.seq === seq ? rootOf(found) : null;
  useEffect(() => {
    if (root !== null) navigate(threadPath(room.id, root), { replace: true });
  }, [room.id, root]);
}

/** Mark as read whatever is on the screen while the person is in front of it. */
function useReadMark(timeline: Timeline, { opened, at_end }: { opened: boolean; at_end: boolean }): void {
  const { room, position, has_newer } = timeline;
  const focused = useFocused();
  const online = useChat(({ link }) => link === "online");
  const kept = useDesk(({ kept_unread }) => kept_unread[room.id] ?? false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these may make it time to mark.
  useEffect(() => {
    if (focused && online && opened && at_end && !has_newer && !kept) markRead(room.id);
  }, [room.id, position, room.unread, room.mentions, focused, online, at_end, opened, has_newer, kept]);
}

/** Keep the place where the reader was, and the messages around it. */
function useLeaving(room_id: string, place: () => ReturnType<typeof placeIn>): void {
  useEffect(() => {
    holdHistory(room_id);
    return () => {
      const left = place();
      keepUnread(room_id, false);
      keepPlace(room_id, left);
      leaveHistory(room_id, left?.seq ?? null);
    };
  }, [room_id, place]);
}

/** The one row that the Tab key reaches: the one that had the focus last, else the last one drawn. */
function useStop(
  box: React.RefObject<HTMLElement | null>,
  messages: MessageRun | null,
  shown: { start: number; end: number },
) {
  const [chosen, setChosen] = useState<string | null>(null);
  const inside = useRef(false);
  const place = chosen === null ? -1 : (messages?.placeOfId(chosen) ?? -1);
  const is_drawn = place >= shown.start && place < shown.end;
  const onFocus = useCallback((event: FocusEvent) => {
    const row = event.target.closest<HTMLElement>("[data-id]");
    inside.current = row !== null;
    if (row) setChosen(row.dataset.id ?? null);
  }, []);
  const onBlur = useCallback(() => {
    // An element that was removed leaves nothing behind that has the focus; then this is not told at all or too early.
    inside.current = document.activeElement === document.body && inside.current;
  }, []);
  // The row that had the focus is drawn no more: the list itself keeps it, so that the arrow keys go on.
  useLayoutEffect(() => {
    if (inside.current && !is_drawn && document.activeElement === document.body) {
      box.current?.focus({ preventScroll: true });
    }
  }, [box, is_drawn]);
  return { stop: is_drawn ? chosen : (messages?.at(shown.end - 1)?.id ?? null), onFocus, onBlur };
}
