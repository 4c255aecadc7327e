/** Reads a page of the inbox as the server told it; what this page does not understand is left out, and breaks nothing. */
import type { InboxItem } from "@/lib/protocol";

export type Kind = InboxItem["kind"];
export type Reason = InboxItem["why"];

export const KINDS: readonly Kind[] = ["mention", "thread", "unread"];
const REASONS: readonly Reason[] = ["all", "direct", "mention", "reply", "thread", "unread"];

export interface InboxAnswer {
  items: InboxItem[];
  next: string | null;
}

export function readInbox(answer: unknown): InboxAnswer {
  const { items, next } = fieldsOf(answer);
  return {
    items: Array.isArray(items) ? items.flatMap((item) => readItem(fieldsOf(item)) ?? []) : [],
    next: typeof next === "string" ? next : null,
  };
}

function readItem(item: Fields): InboxItem | null {
  const kind = KINDS.find((known) => known === item.kind);
  const why = REASONS.find((known) => known === item.why);
  const { room_id, seq, at, thread } = item;
  if (!kind || !why || typeof room_id !== "string" || typeof seq !== "number" || typeof at !== "string") return null;
  const counts = { unread: countIn(item.unread), mentions: countIn(item.mentions) };
  const hangs = typeof thread === "string" ? { thread } : {};
  return { kind, why, room_id, seq, at, message: readMessage(fieldsOf(item.message)), ...hangs, ...counts };
}

/** Take the message where it has what is shown of it; the rest came from the same server as every message. */
function readMessage(message: Fields): InboxItem["message"] {
  const texts = [message.id, message.sender, message.text, message.at];
  return texts.every((text) => typeof text === "string") ? (message as unknown as InboxItem["message"]) : null;
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function countIn(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}
