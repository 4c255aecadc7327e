/**
 * Sends what was written, in order and once, however often the connection breaks in between. The tabs of a person share
 * one outbox: whichever is online sends, one at a time in each room.
 */
import { ApiError } from "@/lib/api";
import { newCid } from "@/lib/ids";
import * as outbox from "./outbox";
import { followOutbox, isTakenBack } from "./outbox-storage";
import { ask } from "./socket";
import { changeOutbox, hearOutbox, useChat } from "./store";

const PAUSE_SECONDS = [1, 2, 4, 8, 15];
// The tab in which one writes sends itself; another one helps where it has not by then.
const HELP_MILLISECONDS = 2_000;

/** Per room: how often the front of its queue failed in a row, and until when to leave it alone. */
const pauses = new Map<string, { failures: number; until: number }>();
/** Rooms in which this tab sends, or waits for its turn. */
const busy = new Set<string>();

/** Queue a message; its bubble shows at once. */
export function send(room_id: string, text: string, reply_to?: string, thread?: string): void {
  const unsent: outbox.Unsent = {
    cid: newCid(),
    room_id,
    text,
    reply_to,
    thread,
    written_at: Date.now(),
    state: "queued",
  };
  changeOutbox((queue) => [...queue, unsent]);
  flush();
}

export function retry(cid: string): void {
  changeOutbox((queue) => outbox.retry(queue, cid));
  flush();
}

export function discard(cid: string): void {
  changeOutbox((queue) => outbox.discard(queue, cid));
}

/** Follow what other tabs do to the outbox, and send for those that are offline. */
export function shareOutbox(me: string): () => void {
  return followOutbox(me, (cid, unsent) => {
    hearOutbox(cid, unsent);
    if (unsent?.state === "queued") setTimeout(flush, HELP_MILLISECONDS);
  });
}

/** Send whatever may be sent now. */
export function flush(): void {
  const chat = useChat.getState();
  if (chat.link !== "online") return;
  for (const { room_id } of outbox.nextToSend(chat.outbox)) {
    const is_paused = (pauses.get(room_id)?.until ?? 0) > Date.now();
    if (!is_paused && !busy.has(room_id)) void deliverNext(chat.me, room_id);
  }
}

/** Forget pauses: a new connection is a new chance. */
export function flushAfterConnecting(): void {
  pauses.clear();
  flush();
}

async function deliverNext(me: string, room_id: string): Promise<void> {
  busy.add(room_id);
  try {
    await alone(`chatflow.outbox.${me}.${room_id}`, () => deliver(me, room_id));
  } finally {
    busy.delete(room_id);
  }
  flush();
}

/** Send the front of a room's queue, as it is now that it is this tab's turn. */
async function deliver(me: string, room_id: string): Promise<void> {
  const chat = useChat.getState();
  const next = outbox.nextToSend(chat.outbox).find((unsent) => unsent.room_id === room_id);
  if (!next || chat.me !== me || chat.link !== "online") return;
  const { cid, text, reply_to, thread } = next;
  if (isTakenBack(me, cid)) {
    hearOutbox(cid, null);
    return;
  }
  changeOutbox((queue) => outbox.setSending(queue, cid));
  try {
    const reply = await ask("message:send", { room_id, cid, text, reply_to, thread });
    pauses.delete(room_id);
    const position = useChat.getState().timelines[room_id]?.position ?? reply.seq;
    changeOutbox((queue) => outbox.confirm(queue, cid, reply, position));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    changeOutbox((queue) => outbox.refuse(queue, cid, error.body));
    if (outbox.isOpen(error.body)) leaveAlone(room_id, error.body.retry_after);
  }
}

/** Run while no other tab does; without https there are no locks, and the cid alone keeps a message from being there twice. */
async function alone(name: string, run: () => Promise<void>): Promise<void> {
  if (navigator.locks) await navigator.locks.request(name, run);
  else await run();
}

function leaveAlone(room_id: string, retry_after?: number): void {
  const failures = (pauses.get(room_id)?.failures ?? 0) + 1;
  const seconds = retry_after ?? PAUSE_SECONDS[Math.min(failures, PAUSE_SECONDS.length) - 1] ?? 15;
  pauses.set(room_id, { failures, until: Date.now() + seconds * 1_000 });
  setTimeout(flush, seconds * 1_000 + 1);
}
