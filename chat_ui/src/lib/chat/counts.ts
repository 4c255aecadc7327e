/** Folds a room's row: its counts follow from positions in the log, so that a badge cannot drift. */
import type { Mentions, MessageDeleted, MessageEdited, Room, RoomEvent, WithheldEdit } from "@/lib/protocol";

/** Return the row as it is after `event`, which must be the one behind `room.head`. */
export function foldRow(room: Room, event: RoomEvent, me: string): Room {
  const row = { ...room, head: event.seq, n: event.n };
  switch (event.type) {
    case "message.created":
      return countCreated(row, event.message.sender, event.message.mentions, me);
    case "message.deleted":
      return countDeleted(row, event, me);
    case "message.edited":
      return countEdited(row, event, me);
    case "member.joined":
      return { ...row, member_count: row.member_count + 1 };
    case "member.left":
    case "member.kicked":
    case "member.banned":
      return { ...row, member_count: row.member_count - 1 };
    case "member.role":
      return event.user_id === me && event.role ? { ...row, role: event.role } : row;
    case "member.muted":
      return event.user_id === me ? { ...row, muted_until: event.until ?? undefined } : row;
    case "room.updated":
      return { ...row, ...event.changes };
    default:
      return row;
  }
}

/**
 * Return the row with the read position moved to `seq`, or null when `recent`, the last events applied, does not reach
 * back far enough to count what lies behind it.
 */
export function moveRead(room: Room, seq: number, recent: RoomEvent[], me: string): Room | null {
  if (seq <= (room.read_seq ?? 0)) return room;
  const read = { ...room, read_seq: seq, unread: 0, mentions: 0 };
  if (seq >= room.head) return read;
  const behind = recent.filter((event) => event.seq > seq && event.seq <= room.head);
  if (behind.length !== room.head - seq) return null;
  const counted = behind.reduce<Room>((row, event) => foldCounts(row, event, me), read);
  return { ...room, read_seq: counted.read_seq, unread: counted.unread, mentions: counted.mentions };
}

export function concerns(mentions: Mentions | undefined, me: string): boolean {
  return mentions !== undefined && (mentions.all || mentions.here || mentions.users.includes(me));
}

function foldCounts(row: Room, event: RoomEvent, me: string): Room {
  if (event.type === "message.created")
    return countCreated(row, event.message.sender, event.message.mentions, me, event.seq);
  if (event.type === "message.deleted") return countDeleted(row, event, me);
  if (event.type === "message.edited") return countEdited(row, event, me);
  return row;
}

/** Sending moves one's own read position; another's message counts if it lies behind that position. */
function countCreated(row: Room, sender: string, mentions: Mentions | undefined, me: string, seq = row.head): Room {
  if (sender === me) return { ...row, read_seq: Math.max(seq, row.read_seq ?? 0), unread: 0, mentions: 0 };
  if (seq <= (row.read_seq ?? 0)) return row;
  return add(row, 1, concerns(mentions, me) ? 1 : 0);
}

function countDeleted(row: Room, { target }: MessageDeleted, me: string): Room {
  if (target.sender === me || target.seq <= (row.read_seq ?? 0)) return row;
  return add(row, -1, concerns(target.mentions, me) ? -1 : 0);
}

function countEdited(row: Room, { target, mentions }: MessageEdited | WithheldEdit, me: string): Room {
  if (target.sender === me || target.seq <= (row.read_seq ?? 0)) return row;
  const before = target.mentions_before ?? target.mentions;
  return add(row, 0, Number(concerns(mentions, me)) - Number(concerns(before, me)));
}

function add(row: Room, unread: number, mentions: number): Room {
  return {
    ...row,
    unread: Math.max(0, (row.unread ?? 0) + unread),
    mentions: Math.max(0, (row.mentions ?? 0) + mentions),
  };
}
