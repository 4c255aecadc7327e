/**
 * Parts the messages that are loaded into the rows of the room and the replies in threads, which have a place of their
 * own. Both follow from the same messages and change with them, one at a time.
 */
import type { AnyMessage, RoomEvent } from "@/lib/protocol";
import { MessageRun } from "./message-run";
import { foldRun } from "./messages";

// So many are named with the message under which a thread hangs.
const NAMED_PER_THREAD = 5;

export interface Parted {
  /** What the room shows, in the order of seq. */
  rows: MessageRun;
  /** The replies that are loaded, by the message under which they hang. */
  threads: ReadonlyMap<string, MessageRun>;
}

/** Return the message under which this one hangs, also when it is deleted; null where it stands in the room itself. */
export function rootOf({ thread }: AnyMessage): string | null {
  return thread ?? null;
}

export function part(messages: readonly AnyMessage[]): Parted {
  return partMore({ rows: MessageRun.of([]), threads: new Map() }, messages, "append");
}

/** Return the parts with more messages, which come before or behind all of those in it. */
export function partMore(parted: Parted, messages: readonly AnyMessage[], how: "append" | "prepend"): Parted {
  const rows: AnyMessage[] = [];
  const replies = new Map<string, AnyMessage[]>();
  for (const message of messages) {
    const root = rootOf(message);
    if (root === null) rows.push(message);
    else replies.set(root, [...(replies.get(root) ?? []), message]);
  }
  const grown = [...replies].map(
    ([root, more]) => [root, (parted.threads.get(root) ?? MessageRun.of([]))[how](more)] as const,
  );
  return {
    rows: rows.length > 0 ? parted.rows[how](rows) : parted.rows,
    threads: grown.length > 0 ? new Map([...parted.threads, ...grown]) : parted.threads,
  };
}

/**
 * Return the run with a reply counted under its message, deleted ones too, as the server counts them. Messages that come
 * with events say nothing of their threads, whose replies all come behind them.
 */
export function countReply(run: MessageRun, reply: AnyMessage): MessageRun {
  const root = rootOf(reply);
  const place = root === null ? -1 : run.placeOfId(root);
  const message = place < 0 ? undefined : run.at(place);
  if (!message) return run;
  const repliers = [...new Set([...(message.repliers ?? []), reply.sender])].slice(0, NAMED_PER_THREAD);
  return run.with(place, { ...message, replies: (message.replies ?? 0) + 1, last_reply_at: reply.at, repliers });
}

/** How an event is taken into what is loaded. */
interface Folding {
  me: string;
  /** False where what is written now lies beyond what is loaded. */
  grows: boolean;
  /** False where the message of the thread was told as it is with this reply. */
  counts: boolean;
}

/** Return the parts after an event. */
export function foldParted(parted: Parted, event: RoomEvent, { me, grows, counts }: Folding): Parted {
  if (event.type === "message.created") {
    const grown = grows ? partMore(parted, [event.message], "append") : parted;
    const rows = counts ? countReply(grown.rows, event.message) : grown.rows;
    return rows === grown.rows ? grown : { ...grown, rows };
  }
  if (event.type === "room.trimmed") return trimParted(parted, event, me);
  if (!("id" in event)) return parted;
  const rows = foldRun(parted.rows, event, me);
  if (rows !== parted.rows) return { ...parted, rows };
  for (const [root, replies] of parted.threads) {
    const changed = replies.placeOfId(event.id) < 0 ? replies : foldRun(replies, event, me);
    if (changed !== replies) return { ...parted, threads: new Map(parted.threads).set(root, changed) };
  }
  return parted;
}

function trimParted({ rows, threads }: Parted, event: RoomEvent, me: string): Parted {
  const trimmed = [...threads].map(([root, replies]) => [root, foldRun(replies, event, me)] as const);
  const is_changed = trimmed.some(([root, replies]) => replies !== threads.get(root));
  return { rows: foldRun(rows, event, me), threads: is_changed ? new Map(trimmed) : threads };
}
