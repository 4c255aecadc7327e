/** A thread that is open: its replies, page by page, kept true by the events of its room. */
import { useEffect, useState } from "react";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { Messages, RoomEvent } from "@/lib/protocol";
import { MessageRun } from "./message-run";
import { foldRun } from "./messages";
import { useChat } from "./store";
import { rootOf } from "./threads";
import type { Timeline } from "./timeline";

const REPLIES_PER_PAGE = 100;
// Past that a thread is a room of its own; what is beyond is not shown.
const PAGES_AT_MOST = 20;

export interface OpenThread {
  replies: MessageRun;
  /** The seq up to which they are true. */
  position: number;
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
  return { replies, position };
}

function isElsewhere(event: RoomEvent, root: string): boolean {
  return event.type === "message.created" && rootOf(event.message) !== root;
}

interface ShownThread {
  replies: MessageRun | null;
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
  return { replies: followed?.replies ?? thread?.replies ?? null, failure, retry };
}

async function readThread(room_id: string, root: string): Promise<OpenThread> {
  let replies = MessageRun.of([]);
  let position = Number.POSITIVE_INFINITY;
  let after: string | null = "0";
  for (let pages = 0; after !== null && pages < PAGES_AT_MOST; pages += 1) {
    const query = `after=${after}&limit=${REPLIES_PER_PAGE}`;
    const page: Messages = await call<Messages>("GET", `/api/rooms/${room_id}/messages/${root}/thread?${query}`);
    replies = replies.append(page.items);
    // What changed since the first page was read is folded in again, which changes nothing twice.
    position = Math.min(position, page.head);
    after = page.next;
  }
  return { replies, position };
}
