/** Reads a page of the inbox as the server told it; what this page does not understand is left out, and breaks nothing. */
import type { AnyMessage } from "@/lib/protocol";

export const KINDS = ["mention", "thread", "unread"] as const;
export type Kind = (typeof KINDS)[number];

const REASONS = ["mention", "all", "reply", "direct", "thread", "unread"] as const;
export type Reason = (typeof REASONS)[number];

export interface InboxItem {
  kind: Kind;
  room_id: string;
  seq: number;
  at: string;
  /** What is shown of it; null where nothing of it may be seen any more. */
  message: AnyMessage | null;
  why: Reason;
  /** How many messages wait in the thread or the room, and how many of them call. */
  unread: number;
  mentions: number;
}

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
  const { room_id, seq, at } = item;
  if (!kind || !why || typeof room_id !== "string" || typeof seq !== "number" || typeof at !== "string") return null;
  const counts = { unread: countIn(item.unread), mentions: countIn(item.mentions) };
  return { kind, why, room_id, seq, at, message: readMessage(fieldsOf(item.message)), ...counts };
}

/** Take the message where it has what is shown of it; the rest came from the same server as every message. */
function readMessage(message: Fields): AnyMessage | null {
  const is_known =
    typeof message.id === "string" && typeof message.sender === "string" && typeof message.at === "string";
  const is_whole = message.deleted === true || typeof message.text === "string";
  return is_known && is_whole ? (message as unknown as AnyMessage) : null;
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function countIn(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}
