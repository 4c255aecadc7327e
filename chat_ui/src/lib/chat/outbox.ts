/**
 * The messages that were written and are not confirmed yet. The promise: each is sent under one cid for ever, so that
 * repeating it after a reload or a lost answer never makes a second message, and none disappears without the person's will.
 */
import type { AnyMessage, ErrorBody, MessageReply } from "@/lib/protocol";

export interface Unsent {
  cid: string;
  room_id: string;
  text: string;
  /** The message that it answers. */
  reply_to?: string;
  /** The message under whose thread it belongs. */
  thread?: string;
  /** When it was written, in milliseconds: the order of the queue, and what the bubble shows. */
  written_at: number;
  /** queued: to be sent · sending: on its way · sent: stored at `seq`, its event is to come · failed: refused. */
  state: "queued" | "sending" | "sent" | "failed";
  seq?: number;
  /** Whether it left once without an answer: then it may be stored already, and only its cid tells. */
  tried?: boolean;
  error?: ErrorBody;
}

/** Return the message to send now in each room: one at a time and in order, so that none overtakes another. */
export function nextToSend(outbox: Unsent[]): Unsent[] {
  const rooms = new Set<string>();
  return outbox.filter((unsent) => {
    if (rooms.has(unsent.room_id) || unsent.state === "failed" || unsent.state === "sent") return false;
    rooms.add(unsent.room_id);
    return unsent.state === "queued";
  });
}

export function setSending(outbox: Unsent[], cid: string): Unsent[] {
  return change(outbox, cid, { state: "sending" });
}

/** Take the ack; `position` is what the room's timeline has applied. */
export function confirm(outbox: Unsent[], cid: string, reply: MessageReply, position: number): Unsent[] {
  return reply.seq <= position ? discard(outbox, cid) : change(outbox, cid, { state: "sent", seq: reply.seq });
}

/** Take a refusal: what may still succeed goes back into the queue under its cid, the rest waits for the person. */
export function refuse(outbox: Unsent[], cid: string, error: ErrorBody): Unsent[] {
  if (!isOpen(error)) return change(outbox, cid, { state: "failed", error, tried: undefined });
  return change(outbox, cid, error.code === "timeout" ? { state: "queued", tried: true } : { state: "queued" });
}

export function retry(outbox: Unsent[], cid: string): Unsent[] {
  return change(outbox, cid, { state: "queued", error: undefined });
}

export function discard(outbox: Unsent[], cid: string): Unsent[] {
  return outbox.filter((unsent) => unsent.cid !== cid);
}

/** Put back into the queue what was on its way when the connection broke: only its cid knows what became of it. */
export function requeue(outbox: Unsent[]): Unsent[] {
  return outbox.map((unsent) => (unsent.state === "sending" ? { ...unsent, state: "queued", tried: true } : unsent));
}

/** Take what another tab stored; null where it discarded the message, or the message is in its room. */
export function hear(outbox: Unsent[], cid: string, stored: Unsent | null): Unsent[] {
  const mine = outbox.find((unsent) => unsent.cid === cid);
  if (!stored) return discard(outbox, cid);
  // The answer to what is on its way from here says more than what another tab thinks of it.
  if (mine?.state === "sending" && stored.state !== "sent") return outbox;
  return [...discard(outbox, cid), ...requeue([stored])].sort((a, b) => a.written_at - b.written_at);
}

/** Drop the bubbles whose message is now in the room itself. */
export function settle(
  outbox: Unsent[],
  { room_id, position, arrived, me }: { room_id: string; position: number; arrived: AnyMessage[]; me: string },
): Unsent[] {
  const cids = new Set(arrived.flatMap((message) => (!message.deleted && message.sender === me ? [message.cid] : [])));
  const kept = outbox.filter(
    (unsent) =>
      unsent.room_id !== room_id ||
      !(cids.has(unsent.cid) || (unsent.state === "sent" && (unsent.seq ?? 0) <= position)),
  );
  return kept.length === outbox.length ? outbox : kept;
}

/** Tell whether the same cid may still get through: the attempt did nothing, or nobody knows what it did. */
export function isOpen(error: ErrorBody): boolean {
  return error.retryable || error.code === "unauthenticated";
}

function change(outbox: Unsent[], cid: string, changes: Partial<Unsent>): Unsent[] {
  return outbox.map((unsent) => (unsent.cid === cid ? { ...unsent, ...changes } : unsent));
}
