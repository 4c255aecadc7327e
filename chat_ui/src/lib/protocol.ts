/** Made from the documents of the API by `make api`; do not edit. */

/** What every command is answered with. */
export type Answer<T> = ({ ok: true } & T) | { ok: false; error: ErrorBody };

/** Put an emoji on a message; again is no error and adds nothing. */
export interface AddReaction {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  id: string;
  emoji: string;
}

/** A document in a format of its own. */
export type AnyDocument = Record<string, never>;

export type AnyMessage = Message | DeletedMessage;

/** How somebody appears to others; `last_seen` is given only for people who are offline. */
export interface Appearance {
  status: string;
  last_seen?: string;
}

export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
}

/** Take somebody out of a room, and keep them out. */
export interface BanMember {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  user_id: string;
}

/** What the browser's subscription has: its public key and its secret, as base64url. */
export interface BrowserKeys {
  p256dh: string;
  auth: string;
}

export interface ChangeMeBody {
  display_name?: string;
  status?: ChangeMeStatus | null;
  title?: string | null;
  locale?: string | null;
  time_zone?: string | null;
}

/** A status. A text alone is what it was in the version before. */
export interface ChangeMeStatus {
  emoji?: string | null;
  text?: string | null;
  until?: string | null;
}

export interface ChangePasswordBody {
  current: string;
  new: string;
}

/** What is given takes the place of what was; what is left out stays, so a client need not know of all there is. */
export interface ChangePreferencesBody {
  levels?: WishedLevels;
  keywords?: string[];
  quiet?: WishedQuiet | null;
  threads?: "all" | "mine";
  push?: WishedPushes;
  email?: WishedMails;
}

/** Give somebody another role in the room. */
export interface ChangeRole {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  user_id: string;
  role: "member" | "moderator" | "owner" | "reader";
}

export interface ConfirmEmailBody {
  token: string;
}

/** Comes by REST; the gateway passes on only the hash of the secret. */
export interface CreateInviteBody {
  role?: "member" | "moderator" | "owner" | "reader";
  uses?: number | null;
  until?: string | null;
}

/** Make a channel or a group, with these people in it. */
export interface CreateRoom {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid: string;
  kind: "channel" | "group";
  name: string;
  topic?: string;
  private?: boolean;
  members?: string[];
  retention_days?: number | null;
  history?: "all" | "joined";
  description?: string;
}

/** Leave, so that nobody else can add the person again; a direct room stays hidden, whatever is said in it. */
export interface DeclineRoom {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
}

/** Take a message back; its content is gone for everybody. */
export interface DeleteMessage {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  id: string;
}

/** What stays of a deleted message, its place in a thread too; `mentions` only inside events. */
export interface DeletedMessage {
  id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who wrote it. */
  sender: string;
  /** For display only: order is `seq`. */
  at: string;
  deleted: true;
  mentions?: Mentions;
  /** The id of the message that this one answers. */
  reply_to?: string;
  /** The id of the message under which the thread hangs. */
  thread?: string;
  replies?: number;
  last_reply_at?: string;
  repliers?: string[];
}

/** What became of a notice on one channel, as its person sees it; a push has one for each device. In the app `waiting` is decided and not told yet, and `read` is shown and seen. */
export interface Delivery {
  channel: string;
  state: "expired" | "failed" | "read" | "sent" | "suppressed" | "waiting" | "shown";
  /** For display only: order is `seq`. */
  at: string;
  reason?: "address" | "deleted" | "gone" | "left" | "no_address" | "off" | "refused" | "unsubscribed" | "away" | "blocked" | "dnd" | "kind_off" | "looking" | "quiet" | "read" | "room_level" | "room_muted";
}

/** A browser that is pushed to. The endpoint stays here: whoever has it could push there. */
export interface Device {
  id: string;
  device: string;
  language: string;
  text: boolean;
  created_at: string;
  confirmed_at: string;
}

/** One's own, the newest first; there are sixteen at most. */
export interface Devices {
  items: Device[];
}

/** Change the text of one's own message, within the time for that. */
export interface EditMessage {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  id: string;
  text: string;
}

/** To create, direct and join, as a socket gets it: live events of the room start at `seq` + 1. */
export interface Entered {
  room: Room;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** Whether an earlier attempt had done it. */
  duplicate?: boolean;
}

/** The error object of every ack and every REST answer. */
export interface ErrorBody {
  code: string;
  message: string;
  /** Whether the same attempt may succeed later. */
  retryable: boolean;
  /** Seconds after which to come back. */
  retry_after?: number;
  room_id?: string;
}

/** A page of a room's log. */
export interface Events {
  items: RoomEvent[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
  /** The seq up to which this is true. */
  head: number;
}

/** A room that could not be synced. */
export interface FailedRoom {
  error: ErrorBody;
}

/** Items with which one is done, by their kind. `mention`: the message leaves the inbox and no read position moves. `unread`: the room is read up to the message. `thread`: its thread is read up to it. */
export interface FinishInboxItemsBody {
  items: InboxItemDone[];
}

/** Say which room this device really shows, so that nobody is told of what they see; null is none. */
export interface Focus {
  room_id?: string | null;
}

/** Be told of replies in a thread. */
export interface FollowThread {
  room_id: string;
  id: string;
}

/** A thread that one follows; `last` is null while nobody has replied. `unread` (replies by others, past what one has read of it) is counted up to 100. */
export interface FollowedThread {
  room_id: string;
  root: AnyMessage;
  last: Message | DeletedMessage | null;
  replies: number;
  /** How many are not seen. */
  unread: number;
}

export interface GiveEmailBody {
  email: string;
}

/** A process that answers is alive. */
export interface Health {
  status: "ok";
}

/** An item of one's inbox, as the inbox names it. */
export interface InboxItemDone {
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  kind?: "mention" | "thread" | "unread";
}

/** One line of the inbox. `message` is what calls one, a thread's newest reply, or a room's newest message. It is null where its content is gone. `why` says by what a message calls one; a direct room's messages do. A mention is open until its room is read past it or one is done with it; muted rooms are left out of `unread` alone. Looked at are the 300 unread rooms that were active last, and of each the newest 50 messages that call one. */
export interface InboxLine {
  kind: "mention" | "thread" | "unread";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** For display only: order is `seq`. */
  at: string;
  message: Message | null;
  why: "all" | "direct" | "mention" | "reply" | "thread" | "unread";
  /** The id of the message under which the thread hangs. */
  thread?: string;
  /** How many are not seen. */
  unread?: number;
  mentions?: number;
}

/** A page of the inbox, newest first; with `next` there may be more, even if this page has few or none. */
export interface InboxLines {
  items: InboxLine[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** An invitation to a room, without its secret. One that is older than the counting has `used` since then. */
export interface Invite {
  id: string;
  role: "member" | "moderator" | "owner" | "reader";
  uses: number | null;
  used: number;
  until: string | null;
  by: string;
}

export interface InviteCreated {
  type: "invite.created";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  invite_id: string;
  role: "member" | "moderator" | "owner" | "reader";
  uses?: number;
  until?: string;
}

/** Bring somebody in at once. Without `role`, who was here before comes as they left, anybody else as a member. */
export interface InviteMember {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  user_id: string;
  role?: "member" | "moderator" | "owner" | "reader";
}

export interface InviteRevoked {
  type: "invite.revoked";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  invite_id: string;
}

/** The invitations to a room that let somebody in, the first one made first; a room has 100 at most. */
export interface Invites {
  items: Invite[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
  /** The seq up to which this is true. */
  head: number;
}

/** A notice as its person sees it. */
export interface Item {
  id: string;
  kind: "direct" | "invitation" | "keyword" | "mention" | "reply" | "thread";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  seen: boolean;
  suppressed?: "away" | "blocked" | "dnd" | "kind_off" | "looking" | "quiet" | "read" | "room_level" | "room_muted";
  deliveries?: Delivery[];
}

/** Come into an open channel, or into any room by an invitation. */
export interface JoinRoom {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id?: string | null;
  /** An invitation's token, `<room_id>.<secret>`. */
  invite?: string | null;
}

/** Take somebody out of a room; they may come back. */
export interface KickMember {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  user_id: string;
}

/** Which kinds of notices a person wants. */
export interface Kinds {
  mention: boolean;
  reply: boolean;
  direct: boolean;
  thread: boolean;
  invitation: boolean;
  keyword: boolean;
}

/** Leave a room. A direct room is only hidden until its next message. */
export interface LeaveRoom {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
}

/** Which kinds of notices a person wants, by the channel that brings them. */
export interface Levels {
  in_app: Kinds;
}

/** What applies to this client; null is no limit. */
export interface Limits {
  text_length: number;
  name_length: number;
  topic_length: number;
  description_length: number;
  attachments: number;
  payload_bytes: number;
  rooms_per_sync: number;
  people_per_watch: number;
  connections: number | null;
  added_per_hour: number | null;
  channels_per_hour: number | null;
  rates: Record<string, Rate | null>;
  packets: Rate | null;
  rest_calls: Rate | null;
}

/** Who is in a room; unlike in events, `role` is always written out. */
export interface ListedMember {
  user_id: string;
  role: "member" | "moderator" | "owner" | "reader";
}

export interface LogInBody {
  login: string;
  password: string;
  cookie?: boolean;
}

export interface LogOutBody {
  refresh?: string;
}

/** When a person is mailed what they have not read; the delay is for `unread`. */
export interface Mails {
  mode: "daily" | "none" | "unread" | "weekly";
  delay_minutes: number;
}

/** Move one's read position forward; a seq past the end is the end. */
export interface MarkRead {
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
}

/** Set one's read position to just before `seq`, so that what follows is unread again. */
export interface MarkUnread {
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
}

/** To `read:mark` and `read:unread`: where the read position is now. */
export interface Marked {
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
}

export interface Member {
  user_id: string;
  role?: "member" | "moderator" | "owner" | "reader";
}

export interface MemberBanned {
  type: "member.banned";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
}

export interface MemberJoined {
  type: "member.joined";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
  role: "member" | "moderator" | "owner" | "reader";
  invite_id?: string;
}

export interface MemberKicked {
  type: "member.kicked";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
}

export interface MemberLeft {
  type: "member.left";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
}

/** Muted until a time; null means unmuted, and `FOREVER` that there is no end. */
export interface MemberMuted {
  type: "member.muted";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
  until: string | null;
}

export interface MemberRole {
  type: "member.role";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
  role: "member" | "moderator" | "owner" | "reader";
}

export interface MemberUnbanned {
  type: "member.unbanned";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  user_id: string;
}

/** A page of the people in a room. */
export interface Members {
  items: ListedMember[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
  /** The seq up to which this is true. */
  head: number;
}

/** Whom a text mentions, as the server read it. */
export interface Mentions {
  users: string[];
  all: boolean;
  here: boolean;
}

/** What a person wrote, as history, search, pins, threads and `message.created` carry it. */
export interface Message {
  id: string;
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid: string;
  /** The id of who wrote it. */
  sender: string;
  text: string;
  /** For display only: order is `seq`. */
  at: string;
  mentions: Mentions;
  edited_at: string | null;
  deleted: false;
  attachments: Attachment[];
  /** The id of the message that this one answers. */
  reply_to: string | null;
  /** The id of the message under which the thread hangs. */
  thread: string | null;
  reactions: Reaction[];
  previews: Preview[];
  replies?: number;
  last_reply_at?: string;
  repliers?: string[];
}

export interface MessageCreated {
  type: "message.created";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  message: Message;
}

export interface MessageDeleted {
  type: "message.deleted";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
}

export interface MessageEdited {
  type: "message.edited";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
  text: string;
  mentions: Mentions;
  edited_at: string;
}

export interface MessagePinned {
  type: "message.pinned";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
}

/** To `message:send`: the message is stored, under this number. */
export interface MessageReply {
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  id: string;
  /** For display only: order is `seq`. */
  at: string;
  /** Whether an earlier attempt had done it. */
  duplicate: boolean;
}

export interface MessageUnpinned {
  type: "message.unpinned";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
}

/** Whether one was told of a message. `reason` is what it was to one if so, else what kept it from one. Where nothing was kept, `decided_at` is null and the rules are asked now: the message did not concern one, or it is too new (`pending`) or too old (`forgotten`) to say. */
export interface MessageWhy {
  told: boolean;
  reason: "direct" | "invitation" | "keyword" | "mention" | "reply" | "thread" | "away" | "blocked" | "dnd" | "kind_off" | "looking" | "quiet" | "read" | "room_level" | "room_muted" | "author" | "not_a_member" | "not_concerned" | "forgotten" | "pending";
  steps: Step[];
  deliveries: Delivery[];
  decided_at: string | null;
}

/** A page of messages in the order of seq; of pinned ones, last pinned first. */
export interface Messages {
  items: AnyMessage[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
  /** The seq up to which this is true. */
  head: number;
}

/** Let somebody read and not write. Without `until` the mute has no end; with null it is lifted. */
export interface MuteMember {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  user_id: string;
  until?: string | null;
}

/** An invitation as only the person who made it sees it; `token` goes into `room:join` as `invite`. */
export interface NewInvite {
  token: string;
  invite_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
}

/** It is done, and there is nothing to say. */
export type Nothing = Record<string, never>;

/** A notice: what this person is told of one event, by its room and seq. The room's history has the text. Notices of one room within a short time have one `burst`: a client shows them as one, and counts their ids. */
export interface Noticed {
  kind: "direct" | "invitation" | "keyword" | "mention" | "reply" | "thread";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  id: string;
  /** For display only: order is `seq`. */
  at: string;
  /** The id of who did it, or `system`. */
  actor: string;
  burst?: string;
}

/** A page of notices; `next` is the cursor of the older page, `prev` of the newer, null where there is none. */
export interface Notices {
  items: Item[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
  /** How many are not seen. */
  unread: number;
}

/** Notices were seen on one device: these, or those of a room up to an event; all where nothing is named. */
export interface NoticesRead {
  ids?: string[];
  room_id?: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq?: number;
  /** How many are not seen. */
  unread: number;
}

export interface Notify {
  level: "all" | "mentions" | "none";
  muted_until: string | null;
}

/** Open the direct room with these people; the same people get the same room. */
export interface OpenDirect {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  user_ids: string[];
}

/** A channel of the directory. `last_at` is when somebody last said something in it, or made it. */
export interface OpenRoom {
  id: string;
  kind: "channel" | "direct" | "group";
  name: string | null;
  topic: string;
  private: boolean;
  archived: boolean;
  member_count: number;
  /** The seq up to which this is true. */
  head: number;
  /** How many messages the room has had up to here. */
  n: number;
  retention_days: number | null;
  history: "all" | "joined";
  peers?: string[];
  description?: string;
  role?: "member" | "moderator" | "owner" | "reader";
  read_seq?: number;
  /** How many are not seen. */
  unread?: number;
  mentions?: number;
  notify?: Notify;
  favourite?: boolean;
  section?: string;
  muted_until?: string;
  last_at: string;
}

/** A page of the directory. */
export interface OpenRooms {
  items: OpenRoom[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** A page of people. */
export interface People {
  items: User[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** What somebody says of themselves for now; whoever shows it takes it away at `until`. */
export interface PersonStatus {
  emoji?: string;
  text?: string;
  until?: string;
}

/** Pin a message to its room. */
export interface PinMessage {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  id: string;
}

/** Ask for the server's time. */
export type PingApp = Record<string, never>;

/** To `ping:app`: the server's time. */
export interface Pong {
  /** For display only: order is `seq`. */
  at: string;
}

/** All that one person wishes; the defaults are what holds for whoever never said anything. */
export interface Preferences {
  levels: Levels;
  keywords: string[];
  quiet: Quiet | null;
  threads: "all" | "mine";
  push: Pushes;
  email: Mails;
}

export interface Preview {
  url: string;
  title: string;
  text?: string;
  image?: string;
}

export interface PreviewAdded {
  type: "preview.added";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
  preview: Preview;
}

/** One's own user object, with what nobody else is shown. */
export interface Profile {
  id: string;
  username: string;
  display_name: string;
  avatar: string | null;
  status: PersonStatus | null;
  bot: boolean;
  deactivated: boolean;
  kind: "bot" | "person";
  role: "admin" | "guest" | "member" | "owner";
  title: string | null;
  locale: string | null;
  time_zone: string | null;
  email: string | null;
  email_confirmed: boolean;
  email_pending: string | null;
  email_refused: boolean;
}

/** Somebody's public profile changed. */
export interface ProfileChanged {
  user: User;
}

/** The `applicationServerKey` with which a browser subscribes. */
export interface PushKey {
  key: string;
}

/** What pushes to a person's devices may say, and mails; a device may be set to less. */
export interface Pushes {
  text: boolean;
}

/** From one time to another, on some days. A span that goes over midnight belongs to the day on which it begins; one that ends when it begins lasts a day. */
export interface Quiet {
  from: string;
  to: string;
  days: ("fri" | "mon" | "sat" | "sun" | "thu" | "tue" | "wed")[];
  zone: string;
}

export interface Rate {
  per_second: number;
  burst: number;
}

/** Whether this installation mails what is unread, and the address that one confirmed, if one did. */
export interface Reach {
  sends: boolean;
  address: string | null;
}

/** An emoji on a message: how many people put it, the first of them, and whether the person who asks did. */
export interface Reaction {
  emoji: string;
  user_ids: string[];
  count: number;
  /** Whether the asking person put it; only where one person asks. */
  mine?: boolean;
}

export interface ReactionAdded {
  type: "reaction.added";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
  emoji: string;
}

export interface ReactionRemoved {
  type: "reaction.removed";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
  emoji: string;
}

/** Who put an emoji on a message; `at` is null while the store is still taking over an older one. */
export interface Reactor {
  user_id: string;
  /** For display only: order is `seq`. */
  at: string | null;
}

/** A page of the people who put an emoji on a message, in their order. */
export interface Reactors {
  items: Reactor[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** Read positions that moved, by person; at most once a second, in rooms of up to 200 people. */
export interface Read {
  room_id: string;
  positions: Record<string, number>;
}

/** Which notices were seen: these, or those of a room up to an event, or all if nothing is named. */
export interface ReadNoticesBody {
  ids?: string[] | null;
  room_id?: string | null;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq?: number | null;
}

/** Say how far one has read a thread that one follows, by the number of a reply; it only moves forward. */
export interface ReadThread {
  room_id: string;
  id: string;
  /** How many messages the room has had up to here. */
  n: number;
}

/** Whether a process may be sent requests, and what each of its checks says. */
export interface Readiness {
  status: "not ready" | "ok";
  checks: Record<string, string>;
}

/** The first event: who one is and the rooms that one is in, most recent first; `GET /api/rooms` has any more. */
export interface Ready {
  user: User;
  session_id: string;
  rooms: Room[];
  more: boolean;
  limits: Limits;
  server: Server;
}

/** The creation of a message that was deleted since, as it is read later: without the content. */
export interface RedactedCreated {
  type: "message.created";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  message: DeletedMessage;
}

/** Go on with a new access token on the living socket. */
export interface RefreshAuth {
  token: string;
}

export interface RefreshBody {
  refresh?: string;
  cookie?: boolean;
}

/** To `auth:refresh`. */
export interface Refreshed {
  expires_at: string;
}

export interface RegisterBody {
  username: string;
  password: string;
  display_name?: string | null;
  email?: string | null;
  cookie?: boolean;
}

/** Take one's emoji from a message. */
export interface RemoveReaction {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  id: string;
  emoji: string;
}

/** A page of a thread, with whether one follows it, and up to which number one has read it if one does. */
export interface Replies {
  followed: boolean;
  read_n: number | null;
  items: AnyMessage[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
  /** The seq up to which this is true. */
  head: number;
}

/** A room. The fields from `role` on are about the person who asks, and absent if nobody in particular asks. */
export interface Room {
  id: string;
  kind: "channel" | "direct" | "group";
  name: string | null;
  topic: string;
  private: boolean;
  archived: boolean;
  member_count: number;
  /** The seq up to which this is true. */
  head: number;
  /** How many messages the room has had up to here. */
  n: number;
  retention_days: number | null;
  history: "all" | "joined";
  peers?: string[];
  description?: string;
  role?: "member" | "moderator" | "owner" | "reader";
  read_seq?: number;
  /** How many are not seen. */
  unread?: number;
  mentions?: number;
  notify?: Notify;
  favourite?: boolean;
  section?: string;
  muted_until?: string;
}

/** A room appeared in one's list; its live events start at `seq` + 1. */
export interface RoomAdded {
  room: Room;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
}

export interface RoomChanges {
  name?: string;
  topic?: string;
  archived?: boolean;
  private?: boolean;
  retention_days?: number | null;
  history?: "all" | "joined";
  description?: string;
}

/** The first event of every room; it makes `members` its members. */
export interface RoomCreated {
  type: "room.created";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  room: Room;
  members: Member[];
}

export type RoomEvent = MessageCreated | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved | MessagePinned | MessageUnpinned | MemberJoined | MemberLeft | MemberKicked | MemberBanned | MemberUnbanned | MemberMuted | MemberRole | RoomCreated | RoomUpdated | InviteCreated | InviteRevoked | RoomTrimmed | PreviewAdded | RedactedCreated | WithheldEdit | WithheldPreview;

/** One's own settings of a room changed on another device. */
export interface RoomMine {
  room_id: string;
  notify?: Notify;
  favourite?: boolean;
  section?: string | null;
  threads?: Record<string, boolean>;
  threads_read?: Record<string, number>;
  done?: number[];
  hidden?: boolean;
}

/** A room left one's list. After `reset` it comes back by `room:added`, if one is still in it. */
export interface RoomRemoved {
  room_id: string;
  reason: "banned" | "hidden" | "kicked" | "left" | "reset";
}

/** Retention: the content of every message up to this number is gone. */
export interface RoomTrimmed {
  type: "room.trimmed";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  through_n: number;
}

export interface RoomUpdated {
  type: "room.updated";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  changes: RoomChanges;
}

/** A page of rooms. */
export interface Rooms {
  items: Room[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** Say something. What one connection sends to a room keeps its order. */
export interface SendMessage {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid: string;
  room_id: string;
  text: string;
  /** The id of the message that this one answers. */
  reply_to?: string | null;
  /** The id of the message under which the thread hangs. */
  thread?: string | null;
  attachments?: string[];
}

/** Say something. What one connection sends to a room keeps its order. */
export interface SendMessageBody {
  text: string;
  /** The id of the message that this one answers. */
  reply_to?: string | null;
  /** The id of the message under which the thread hangs. */
  thread?: string | null;
  attachments?: string[];
}

/** To every other command: the seq of its event, or the head if there was nothing to change. */
export interface SeqReply {
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** Whether an earlier attempt had done it. */
  duplicate?: boolean;
  invite_id?: string;
}

export interface Server {
  name: string;
  gateway: string;
}

/** The server is about to close. After `draining` and `slow_consumer` a stock client comes back by itself. */
export interface SessionEnding {
  reason: "draining" | "revoked" | "slow_consumer" | "token_expired" | "too_many";
}

/** Say where a room stands in one's own list: among the favourites, and in which section; null is in none. What is left out stays as it is. */
export interface SetMine {
  room_id: string;
  favourite?: boolean;
  section?: string | null;
}

/** Say of which messages of a room one wants notices. */
export interface SetNotify {
  room_id: string;
  level: "all" | "mentions" | "none";
  muted_until?: string | null;
}

/** Say how one appears to others, on every device. */
export interface SetPresence {
  status: "away" | "dnd" | "invisible" | "online";
}

/** How somebody watched appears from now on; `last_seen` is given only for people who are offline. */
export interface ShownPresence {
  user_id: string;
  status: string;
  last_seen?: string;
}

/** A device on which one is signed in. */
export interface ShownSession {
  id: string;
  user_agent: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  current: boolean;
}

/** One's devices; there is one page only. */
export interface ShownSessions {
  items: ShownSession[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** What a client gets once it is signed in; a refresh token that comes as a cookie is not in the body. */
export interface SignedIn {
  user: User;
  /** The access token: `Bearer` on REST, `auth.token` on the socket. */
  access: string;
  expires_at: string;
  /** The refresh token, good for one use. */
  refresh?: string;
}

/** Show in a room that one types; it ends by itself. */
export interface StartTyping {
  room_id: string;
}

/** What strangers are told; our own processes learn the state of every service and server too. */
export interface Status {
  status: "degraded" | "down" | "ok";
}

/** A rule that looked. It `stopped` the notice or let it pass; `detail` is what it saw, as a level or a time. */
export interface Step {
  rule: "all_threads" | "author" | "blocked" | "concern" | "here" | "keyword" | "kind" | "level" | "looking" | "member" | "muted" | "quiet" | "read" | "status";
  stopped?: boolean;
  detail?: string;
}

/** Show that one types no more. */
export interface StopTyping {
  room_id: string;
}

/** A browser's subscription, what the person calls the device, and how pushes to it are written. */
export interface SubscribeToPushBody {
  endpoint: string;
  keys: BrowserKeys;
  device?: string;
  language?: "en" | "ko";
  text?: boolean;
}

export interface SubscriptionMade {
  id: string;
}

/** Get the events behind a seq of each of these rooms. */
export interface SyncRooms {
  rooms: Record<string, number>;
}

/** To `room:sync`: while a room's last event is below its `head`, or `more` names rooms, ask again. */
export interface Synced {
  rooms: Record<string, SyncedRoom | FailedRoom>;
  more: string[];
}

/** With `reset` a client drops what it has: `room` is true at `head`, and `events` a tail to show, not to fold. */
export interface SyncedRoom {
  events: RoomEvent[];
  /** The seq up to which this is true. */
  head: number;
  reset: boolean;
  room?: Room;
}

/** The message that an event is about, with what is needed to count unread messages and mentions. */
export interface Target {
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who wrote it. */
  sender: string;
  mentions: Mentions;
  mentions_before?: Mentions;
}

/** Whether the push service took the test, and else why not. */
export interface TestResult {
  sent: boolean;
  reason?: "address" | "gone" | "later" | "refused";
}

/** To `thread:read`: how far one has read the thread now. */
export interface ThreadMarked {
  /** How many messages the room has had up to here. */
  n: number;
}

/** A page of threads; with `next` there may be more, even if this page has few or none. */
export interface Threads {
  items: FollowedThread[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
  /** The cursor of what is before; null where there is none. */
  prev: string | null;
}

/** Somebody begins or stops to type; it expires by itself. */
export interface Typing {
  room_id: string;
  user_id: string;
  active: boolean;
}

/** Let somebody who was banned come back. */
export interface UnbanMember {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  user_id: string;
}

/** Be told of a thread no more. */
export interface UnfollowThread {
  room_id: string;
  id: string;
}

/** Unpin a message. */
export interface UnpinMessage {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  id: string;
}

/** How many notices were not seen, counted up to 1000. */
export interface Unread {
  /** How many are not seen. */
  unread: number;
}

/** Change what a room is called and how it is kept; what is left out stays. */
export interface UpdateRoom {
  /** The client's own id of the command. A repeated command gets its first result, with `duplicate: true`. */
  cid?: string | null;
  room_id: string;
  name?: string;
  topic?: string;
  archived?: boolean;
  private?: boolean;
  retention_days?: number | null;
  history?: "all" | "joined";
  description?: string;
}

export interface User {
  id: string;
  username: string;
  display_name: string;
  avatar: string | null;
  status: PersonStatus | null;
  bot: boolean;
  deactivated: boolean;
  kind: "bot" | "person";
  role: "admin" | "guest" | "member" | "owner";
  title: string | null;
}

/** Be told how these people appear, and of nobody else. */
export interface WatchPresence {
  user_ids: string[];
}

/** To `presence:watch`: how each of them appears now, by person. */
export interface Watched {
  presence: Record<string, Appearance>;
}

/** Why a person was told of an event, or was not. */
export interface Why {
  id: string;
  kind: "direct" | "invitation" | "keyword" | "mention" | "reply" | "thread";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  told: boolean;
  suppressed: "away" | "blocked" | "dnd" | "kind_off" | "looking" | "quiet" | "read" | "room_level" | "room_muted" | null;
  explanation: string;
}

/** Kinds in a request, where unknown ones are refused. In what is stored they are ignored. */
export interface WishedKinds {
  mention?: boolean;
  reply?: boolean;
  direct?: boolean;
  thread?: boolean;
  invitation?: boolean;
  keyword?: boolean;
}

export interface WishedLevels {
  in_app?: WishedKinds;
}

/** When one is mailed, in a request. */
export interface WishedMails {
  mode?: "daily" | "none" | "unread" | "weekly";
  delay_minutes?: number;
}

/** What pushes may say, in a request. */
export interface WishedPushes {
  text?: boolean;
}

/** Hours of quiet in a request. */
export interface WishedQuiet {
  from: string;
  to: string;
  days: ("fri" | "mon" | "sat" | "sun" | "thu" | "tue" | "wed")[];
  zone: string;
}

/** An edit as it is told to people who joined after the message, in a room that hides its past from newcomers. */
export interface WithheldEdit {
  type: "message.edited";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
  text: null;
  mentions: Mentions;
  edited_at: string;
}

/** The same for a preview, which shows what a link in the message leads to. */
export interface WithheldPreview {
  type: "preview.added";
  room_id: string;
  /** The event's number in its room: 1, 2, 3… without a gap. */
  seq: number;
  /** How many messages the room has had up to here. */
  n: number;
  /** The id of who did it, or `system`. */
  actor: string;
  /** For display only: order is `seq`. */
  at: string;
  id: string;
  target: Target;
  preview: null;
}

/** What a client may send on the socket, and what its ok answer has. */
export interface Commands {
  "auth:refresh": { payload: RefreshAuth; reply: Refreshed };
  "focus": { payload: Focus; reply: Nothing };
  "message:delete": { payload: DeleteMessage; reply: SeqReply };
  "message:edit": { payload: EditMessage; reply: SeqReply };
  "message:pin": { payload: PinMessage; reply: SeqReply };
  "message:send": { payload: SendMessage; reply: MessageReply };
  "message:unpin": { payload: UnpinMessage; reply: SeqReply };
  "ping:app": { payload: PingApp; reply: Pong };
  "presence:set": { payload: SetPresence; reply: Nothing };
  "presence:watch": { payload: WatchPresence; reply: Watched };
  "reaction:add": { payload: AddReaction; reply: SeqReply };
  "reaction:remove": { payload: RemoveReaction; reply: SeqReply };
  "read:mark": { payload: MarkRead; reply: Marked };
  "read:unread": { payload: MarkUnread; reply: Marked };
  "room:ban": { payload: BanMember; reply: SeqReply };
  "room:create": { payload: CreateRoom; reply: Entered };
  "room:decline": { payload: DeclineRoom; reply: SeqReply };
  "room:direct": { payload: OpenDirect; reply: Entered };
  "room:invite": { payload: InviteMember; reply: SeqReply };
  "room:join": { payload: JoinRoom; reply: Entered };
  "room:kick": { payload: KickMember; reply: SeqReply };
  "room:leave": { payload: LeaveRoom; reply: SeqReply };
  "room:mine:set": { payload: SetMine; reply: Nothing };
  "room:mute": { payload: MuteMember; reply: SeqReply };
  "room:notify": { payload: SetNotify; reply: Nothing };
  "room:role": { payload: ChangeRole; reply: SeqReply };
  "room:sync": { payload: SyncRooms; reply: Synced };
  "room:unban": { payload: UnbanMember; reply: SeqReply };
  "room:update": { payload: UpdateRoom; reply: SeqReply };
  "thread:follow": { payload: FollowThread; reply: Nothing };
  "thread:read": { payload: ReadThread; reply: ThreadMarked };
  "thread:unfollow": { payload: UnfollowThread; reply: Nothing };
  "typing:start": { payload: StartTyping; reply: Nothing };
  "typing:stop": { payload: StopTyping; reply: Nothing };
}

/** What the server says on the socket. */
export interface ServerEvents {
  "event": (payload: RoomEvent) => void;
  "notice": (payload: Noticed) => void;
  "notice:read": (payload: NoticesRead) => void;
  "presence": (payload: ShownPresence) => void;
  "read": (payload: Read) => void;
  "ready": (payload: Ready) => void;
  "room:added": (payload: RoomAdded) => void;
  "room:mine": (payload: RoomMine) => void;
  "room:removed": (payload: RoomRemoved) => void;
  "session:ending": (payload: SessionEnding) => void;
  "typing": (payload: Typing) => void;
  "user": (payload: ProfileChanged) => void;
}
