/** Sends what was written, in order and once, however often the connection breaks in between. */
import { ApiError } from "@/lib/api";
import { newCid } from "@/lib/ids";
import * as outbox from "./outbox";
import { ask } from "./socket";
import { changeOutbox, useChat } from "./store";

const PAUSE_SECONDS = [1, 2, 4, 8, 15];

/** Per room: how often the front of its queue failed in a row, and until when to leave it alone. */
const pauses = new Map<string, { failures: number; until: number }>();

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

/** Send whatever may be sent now. */
export function flush(): void {
  const chat = useChat.getState();
  if (chat.link !== "online") return;
  for (const unsent of outbox.nextToSend(chat.outbox)) {
    if ((pauses.get(unsent.room_id)?.until ?? 0) <= Date.now()) void deliver(unsent);
  }
}

/** Forget pauses: a new connection is a new chance. */
export function flushAfterConnecting(): void {
  pauses.clear();
  flush();
}

async function deliver({ cid, room_id, text, reply_to, thread }: outbox.Unsent): Promise<void> {
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
  flush();
}

function leaveAlone(room_id: string, retry_after?: number): void {
  const failures = (pauses.get(room_id)?.failures ?? 0) + 1;
  const seconds = retry_after ?? PAUSE_SECONDS[Math.min(failures, PAUSE_SECONDS.length) - 1] ?? 15;
  pauses.set(room_id, { failures, until: Date.now() + seconds * 1_000 });
  setTimeout(flush, seconds * 1_000 + 1);
}
