/** A thread that is open: its replies, page by page, kept true by the events of its room. */
import { useEffect, useState } from "react";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { Replies, RoomEvent } from "@/lib/protocol";
import { MessageRun } from "./message-run";
import { foldRun } from "./messages";
import { useChat } from "./store";
import { askFollowing, beginAsking, useIsFollowingSure } from "./thread-follows";
import { noteThreadsRead } from "./thread-reads";
import { rootOf } from "./threads";
import type { Timeline } from "./timeline";

const REPLIES_PER_PAGE = 100;
// Past that a thread is a room of its own; what is beyond is not shown.
const PAGES_AT_MOST = 20;

export interface OpenThread {
  replies: MessageRun;
  /** The seq up to which they are true. */
  position: number;
  /** The number up to which one had read it then; null where one did not follow it. */
  read_n: number | null;
}

/** Return the thread brought up to the timeline's position, or null where that takes a new reading. */
export function followThread(
  thread: OpenThread,
  { position, recent }: Pick<Timeline, "position" | "recent">,
  { root, me }: { root: string; me: string },
): OpenThread | null {
  if (thread.position >= position) return thread;
  const missed = recent.filter(({ seq }) => seq > thread.position);
  if (missed.length !== position - thread.position) return null;
  const replies = missed.reduce(
    (run, event) => (isElsewhere(event, root) ? run : foldRun(run, event, me)),
    thread.replies,
  );
  return { ...thread, replies, position };
}

function isElsewhere(event: RoomEvent, root: string): boolean {
  return event.type === "message.created" && rootOf(event.message) !== root;
}

interface ShownThread {
  replies: MessageRun | null;
  /** The number up to which one had read it when it was opened; null where one did not follow it. */
  read_n: number | null;
  failure: string | null;
  retry: () => void;
}

/** Read the thread, and again whenever it cannot be followed from what is known. */
export function useThread(room_id: string, root: string): ShownThread {
  const me = useChat((chat) => chat.me);
  const timeline = useChat(({ timelines }) => timelines[room_id]);
  const online = useChat(({ link }) => link === "online");
  const [thread, setThread] = useState<OpenThread | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const followed = thread && timeline ? followThread(thread, timeline, { root, me }) : null;
  if (followed && followed !== thread) setThread(followed);
  const is_lost = followed === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason to read.
  useEffect(() => {
    if (!is_lost || !online) return;
    let outdated = false;
    readThread(room_id, root)
      .then((read) => {
        if (outdated) return;
        setThread(read);
        setFailure(null);
      })
      .catch((error) => !outdated && setFailure(explain(error)));
    return () => {
      outdated = true;
    };
  }, [room_id, root, is_lost, online, attempt]);
  const retry = () => {
    setFailure(null);
    setAttempt((count) => count + 1);
  };
  const is_sure = useIsFollowingSure(root);
  const is_doubtful = followed !== null && !is_sure;
  useEffect(() => {
    if (is_doubtful && online) void askFollowing(room_id, root);
  }, [room_id, root, is_doubtful, online]);
  const [opened_at, setOpenedAt] = useState<number | null | undefined>(undefined);
  if (opened_at === undefined && thread) setOpenedAt(thread.read_n);
  const first = opened_at === undefined ? thread?.read_n : opened_at;
  return { replies: followed?.replies ?? thread?.replies ?? null, read_n: first ?? null, failure, retry };
}

async function readThread(room_id: string, root: string): Promise<OpenThread> {
  let replies = MessageRun.of([]);
  let position = Number.POSITIVE_INFINITY;
  let read_n: number | null = null;
  let after: string | null = "0";
  const answer = beginAsking(root);
  for (let pages = 0; after !== null && pages < PAGES_AT_MOST; pages += 1) {
    const query = `after=${after}&limit=${REPLIES_PER_PAGE}`;
    const page: Replies = await call<Replies>("GET", `/api/rooms/${room_id}/messages/${root}/thread?${query}`);
    replies = replies.append(page.items);
    // What changed since the first page was read is folded in again, which changes nothing twice.
    position = Math.min(position, page.head);
    after = page.next;
    read_n = page.followed ? page.read_n : null;
    if (after === null || pages === PAGES_AT_MOST - 1) answer(page.followed);
  }
  if (read_n !== null) noteThreadsRead({ [root]: read_n });
  return { replies, position, read_n };
}
