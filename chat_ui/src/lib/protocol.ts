/** The public protocol's types, as far as this client uses it. */

export type Role = "owner" | "moderator" | "member" | "reader";

export interface Mentions {
  users: string[];
  all: boolean;
  here: boolean;
}

export interface User {
  id: string;
  username: string;
  display_name: string;
  avatar: string | null;
  status: string | null;
  bot: boolean;
  deactivated: boolean;
  kind: "person" | "bot";
  /** In the installation; a room has roles of its own. */
  role: "owner" | "admin" | "member" | "guest";
}

/** A room; what belongs to the asking person is missing where the server speaks of it to nobody in particular. */
export interface Room {
  id: string;
  kind: "channel" | "group" | "direct";
  name: string | null;
  topic: string;
  private: boolean;
  archived: boolean;
  member_count: number;
  /** The seq this row is true at. */
  head: number;
  /** The messages up to `head`. */
  n: number;
  peers?: string[];
  role?: Role;
  read_seq?: number;
  unread?: number;
  mentions?: number;
  notify?: { level: "all" | "mentions" | "none"; muted_until: string | null };
}

export interface Message {
  id: string;
  room_id: string;
  seq: number;
  n: number;
  cid: string;
  sender: string;
  text: string;
  at: string;
  edited_at: string | null;
  deleted: false;
  mentions: Mentions;
  attachments: { id: string; name: string; type: string; size: number }[];
  reply_to: string | null;
  thread: string | null;
  reactions: Reaction[];
}

/** An emoji on a message: how many put it, the first 50 of them, and whether one did oneself. */
export interface Reaction {
  emoji: string;
  count: number;
  user_ids: string[];
  mine?: boolean;
}

/** What stays of a deleted message. */
export interface DeletedMessage {
  id: string;
  seq: number;
  n: number;
  sender: string;
  at: string;
  deleted: true;
  mentions?: Mentions;
}

export type AnyMessage = Message | DeletedMessage;

export interface Target {
  seq: number;
  n: number;
  sender: string;
  mentions: Mentions;
  mentions_before?: Mentions;
}

interface LogEvent {
  room_id: string;
  seq: number;
  n: number;
  actor: string;
  at: string;
}

export interface MessageCreated extends LogEvent {
  type: "message.created";
  message: AnyMessage;
}

export interface MessageEdited extends LogEvent {
  type: "message.edited";
  id: string;
  target: Target;
  /** Null where the message is from before one joined, and the room shows nothing of that. */
  text: string | null;
  mentions: Mentions;
  edited_at: string;
}

export interface MessageDeleted extends LogEvent {
  type: "message.deleted";
  id: string;
  target: Target;
}

export interface ReactionChanged extends LogEvent {
  type: "reaction.added" | "reaction.removed";
  id: string;
  target: Target;
  emoji: string;
}

export interface MemberChanged extends LogEvent {
  type: "member.joined" | "member.left" | "member.kicked" | "member.banned" | "member.role";
  user_id: string;
  role?: Role;
}

export interface RoomUpdated extends LogEvent {
  type: "room.updated";
  changes: Partial<Pick<Room, "name" | "topic" | "private" | "archived">>;
}

/** A type that this client does not know: its seq counts, the rest is passed over. */
export interface OtherEvent extends LogEvent {
  type: "other";
}

export type RoomEvent =
  | MessageCreated
  | MessageEdited
  | MessageDeleted
  | ReactionChanged
  | MemberChanged
  | RoomUpdated
  | OtherEvent;

export interface ErrorBody {
  code: string;
  message: string;
  retryable: boolean;
  retry_after?: number;
}

export type Answer<T> = ({ ok: true } & T) | { ok: false; error: ErrorBody };

export interface Ready {
  user: User;
  session_id: string;
  rooms: Room[];
  more: boolean;
}

export type SyncedRoom =
  | { events: RoomEvent[]; head: number; reset: boolean; room?: Room; error?: undefined }
  | { error: ErrorBody };

export interface SyncReply {
  rooms: Record<string, SyncedRoom>;
  more: unknown;
}

export interface SentReply {
  room_id: string;
  seq: number;
  n: number;
  id: string;
  at: string;
  duplicate: boolean;
}

export interface RoomReply {
  room: Room;
  seq: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  prev: string | null;
}

/** A page about a room, true at `head`. */
export interface RoomPage<T> extends Page<T> {
  head: number;
}

export interface Notice {
  id?: string;
  kind: "mention" | "reply" | "direct" | "thread" | "keyword" | "invitation" | "system";
  room_id?: string;
  seq?: number;
  sender?: string;
  actor?: string;
  text?: string;
}

/** Which notices a person has read on one of their devices; all where nothing is named. */
export interface NoticeRead {
  ids?: string[];
  room_id?: string;
  seq?: number;
  unread?: number;
}

/** What the server says on the socket, as far as this client listens. */
export interface ServerEvents {
  ready: (ready: Ready) => void;
  event: (event: RoomEvent) => void;
  "room:added": (added: { room: Room; seq: number }) => void;
  "room:removed": (removed: { room_id: string; reason: string }) => void;
  "room:mine": (mine: { room_id: string; notify?: Room["notify"]; hidden?: boolean }) => void;
  read: (read: { room_id: string; positions: Record<string, number> }) => void;
  user: (changed: { user: User }) => void;
  notice: (notice: Notice) => void;
  "notice:read": (read: NoticeRead) => void;
  "session:ending": (ending: { reason: string }) => void;
}

export interface SignedIn {
  user: User;
  access: string;
  expires_at: string;
}
