/** Rooms and events as a server would tell them, with what a test does not care about filled in. */
import type {
  Message,
  MessageCreated,
  MessageDeleted,
  MessageEdited,
  Room,
  RoomEvent,
  RoomTrimmed,
  User,
} from "@/lib/protocol";

export const ME = "me";
export const BOB = "bob";
const AT = "2026-11-21T09:00:00.000Z";
const NOBODY = { users: [], all: false, here: false };

export function user(id: string): User {
  const nothing = { avatar: null, status: null, title: null, bot: false, deactivated: false };
  return { id, username: id, display_name: id, ...nothing, kind: "person", role: "member" };
}

export function room(changes: Partial<Room> = {}): Room {
  return {
    id: "room",
    kind: "channel",
    name: "general",
    topic: "",
    private: false,
    archived: false,
    member_count: 2,
    head: 0,
    n: 0,
    retention_days: null,
    history: "all",
    role: "member",
    read_seq: 0,
    unread: 0,
    mentions: 0,
    ...changes,
  };
}

export function message(seq: number, changes: Partial<Message> = {}): Message {
  return {
    id: `message-${seq}`,
    room_id: "room",
    seq,
    n: seq,
    cid: `cid-${seq}`,
    sender: BOB,
    text: `text ${seq}`,
    at: AT,
    edited_at: null,
    deleted: false,
    mentions: NOBODY,
    attachments: [],
    reply_to: null,
    thread: null,
    reactions: [],
    previews: [],
    ...changes,
  };
}

export function created(seq: number, changes: Partial<Message> = {}): MessageCreated {
  const written = message(seq, changes);
  return {
    type: "message.created",
    room_id: "room",
    seq,
    n: written.n,
    actor: written.sender,
    at: AT,
    message: written,
  };
}

export function deleted(seq: number, target: MessageCreated): MessageDeleted {
  return { ...about(seq, target), type: "message.deleted" };
}

export function edited(seq: number, target: MessageCreated, changes: Partial<MessageEdited> = {}): MessageEdited {
  const { target: aim, ...rest } = about(seq, target);
  const changed = { ...aim, mentions_before: aim.mentions };
  return {
    ...rest,
    type: "message.edited",
    target: changed,
    text: "edited",
    mentions: NOBODY,
    edited_at: AT,
    ...changes,
  };
}

export function reaction(seq: number, target: MessageCreated, type: "reaction.added" | "reaction.removed"): RoomEvent {
  return { ...about(seq, target), type, emoji: "👍" };
}

export function trimmed(seq: number, through_n: number): RoomTrimmed {
  return { type: "room.trimmed", room_id: "room", seq, n: through_n, actor: "system", at: AT, through_n };
}

function about(seq: number, { message: { id, seq: place, n, sender, mentions = NOBODY } }: MessageCreated) {
  return { room_id: "room", seq, n: seq, actor: sender, at: AT, id, target: { seq: place, n, sender, mentions } };
}
