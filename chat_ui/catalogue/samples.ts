/** The people, rooms and messages that the catalogue shows. All of it happened today, so that nothing depends on the day. */

import { saveDraft } from "@/features/messages/drafts";
import { answer } from "@/features/messages/room-desk";
import { markDraft } from "@/lib/chat/drafted";
import type { Unsent } from "@/lib/chat/outbox";
import { takePresence } from "@/lib/chat/presence";
import { type Link, putTimeline, resetChat, setLink, useChat } from "@/lib/chat/store";
import { startTimeline, takePage } from "@/lib/chat/timeline";
import { noteTyping } from "@/lib/chat/typing";
import { learn } from "@/lib/people";
import type { AnyMessage, Message, Room, User } from "@/lib/protocol";
import { message as sampleMessage, room as sampleRoom, user as sampleUser } from "@/testing/events";

export const ADA = "0190f5a0-0000-7000-8000-0000000000f1";
export const MINSU = "0190f5a0-0000-7000-8000-0000000000f2";
export const BOT = "bot";
export const HARBOUR = "0190f5a0-0000-7000-8000-000000000001";
export const LIGHTHOUSE = "0190f5a0-0000-7000-8000-000000000002";
export const DIRECT = "0190f5a0-0000-7000-8000-000000000003";
export const ROOT_ID = "0190f5a0-0000-7000-8000-0000000000a1";
export const OPEN_SEQ = 9;

/** Return a moment of today, as an hour and a minute. */
function at(hour: number, minute: number): string {
  const moment = new Date();
  moment.setHours(hour, minute, 0, 0);
  return moment.toISOString();
}

export const PEOPLE: User[] = [
  { ...sampleUser("ada"), id: ADA, display_name: "Ada Fischer", role: "owner", title: "Keeper of the harbour" },
  {
    ...sampleUser("minsu"),
    id: MINSU,
    display_name: "김민수",
    status: { text: "등대에 있어요" },
  },
  { ...sampleUser("signal"), display_name: "Signal", bot: true, kind: "bot", id: BOT },
];

function told(seq: number, changes: Partial<Message>): Message {
  return sampleMessage(seq, { room_id: HARBOUR, sender: MINSU, ...changes });
}

const GONE: AnyMessage = {
  id: "gone",
  room_id: HARBOUR,
  seq: 6,
  n: 6,
  sender: MINSU,
  at: at(9, 12),
  deleted: true,
} as AnyMessage;

export const MESSAGES: AnyMessage[] = [
  told(1, {
    id: ROOT_ID,
    text: "The lamp turns too slowly: one turn in 12 s.",
    at: at(9, 0),
    reactions: [
      { emoji: "👍", count: 2, user_ids: [ADA, MINSU], mine: true },
      { emoji: "👀", count: 1, user_ids: [MINSU], mine: false },
    ],
    replies: 2,
    last_reply_at: at(9, 3),
    repliers: [MINSU, ADA],
  }),
  told(2, { text: "It should be 10.", at: at(9, 1) }),
  told(3, { sender: ADA, text: "Oil the bearing first, then measure again.", at: at(9, 4) }),
  told(4, { sender: ADA, text: "기름은 창고에 있어요.", at: at(9, 5), edited_at: at(9, 6) }),
  told(5, {
    text: `안녕하세요 <@${ADA}>! 기름을 칠했더니 10.1초입니다.`,
    at: at(9, 11),
    mentions: { users: [ADA], all: false, here: false },
  }),
  GONE,
  told(7, { sender: BOT, text: "The tide turns at **10:42**.", at: at(9, 20) }),
  told(8, { sender: ADA, text: "Good enough for tonight.", at: at(9, 24), reply_to: ROOT_ID }),
  told(OPEN_SEQ, { text: "Then I come down.", at: at(9, 31) }),
  told(10, { text: "12.4 s", at: at(9, 2), thread: ROOT_ID }),
  told(11, { sender: ADA, text: "and now?", at: at(9, 3), thread: ROOT_ID }),
];

export const TEXT = `Plain, **bold**, *slanted*, ~~struck~~, \`code\`, [a link](https://example.org) and <@${MINSU}>.

> A quoted line, and below it what one does:

1. oil the bearing
2. measure again
   - [x] with the long watch
   - [ ] and with the short one

\`\`\`text
# how long one turn takes
for turn in range(3):
    print(f"turn {turn}")
\`\`\`

| turn | seconds |
| --- | ---: |
| first | 12.0 |
| second | 10.1 |`;

function unsent(cid: string, changes: Partial<Unsent>): Unsent {
  return { cid, room_id: HARBOUR, text: cid, written_at: Date.parse(at(9, 40)), state: "queued", ...changes };
}

export const UNSENT: Unsent[] = [
  unsent("first", { text: "Is the kettle on?" }),
  unsent("second", { text: "물이 끓고 있나요?" }),
  unsent("third", {
    text: "This one was not taken.",
    state: "failed",
    error: { code: "not_a_member", message: "", retryable: false },
  }),
];

function named(id: string, name: string, changes: Partial<Room> = {}): Room {
  return sampleRoom({ id, name, topic: "Where everybody comes ashore", head: 11, n: 11, ...changes });
}

/** Each row of the list with what it says. */
export const ROOMS: Room[] = [
  named(HARBOUR, "harbour"),
  named(LIGHTHOUSE, "a-channel-with-a-name-that-no-row-is-wide-enough-for"),
  named("unread", "unread", { unread: 7 }),
  named("calling", "calling", { unread: 3, mentions: 2 }),
  named("muted", "muted", { notify: { level: "none", muted_until: null } }),
  named("drafted", "drafted"),
  named("private", "private", { private: true }),
  named(DIRECT, "", { kind: "direct", name: null, peers: [ADA, MINSU], unread: 120 }),
  named("failing", "failing"),
];

/** Put all of it where the components look for it. */
export function fillIn(): void {
  resetChat(ADA);
  learn(PEOPLE);
  for (const room of ROOMS) putTimeline(room.id, startTimeline(room));
  const page = { items: MESSAGES, next: null, previous: null, head: 11 };
  const harbour = takePage(startTimeline(named(HARBOUR, "harbour")), { latest: true }, page as never, ADA);
  if (harbour) putTimeline(HARBOUR, harbour);
  markDraft("drafted", true);
  saveDraft(ADA, HARBOUR, { text: "", picked: {} });
  saveDraft(ADA, ROOT_ID, { text: "Then **oil** it once more", picked: {} });
  useChat.setState({ loaded: true, outbox: [...UNSENT, unsent("fourth", { room_id: "failing", state: "failed" })] });
  answer(told(10, { text: "12.4 s", thread: ROOT_ID }));
  connect("online");
}

/** Say how the connection stands; who is there and who types is told anew. */
export function connect(link: Link): void {
  setLink(link);
  if (link !== "online") return;
  takePresence({
    [ADA]: { status: "online" },
    [MINSU]: { status: "away" },
    dnd: { status: "dnd" },
    offline: { status: "offline", last_seen: at(8, 0) },
  });
  noteTyping({ room_id: HARBOUR, user_id: MINSU, active: true });
}
