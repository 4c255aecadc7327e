/**
 * Tells the person of notices while they look at something else: on the desktop where no tab is looked at, by one tab for all,
 * and until the room is read anywhere. Whether one is to be told at all the server has decided: by mute, level and presence.
 */
import { type Chat, useChat } from "@/lib/chat/store";
import { t } from "@/lib/i18n";
import { placeName, roomName, userName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import { usePeople, want } from "@/lib/people";
import type { Noticed, RoomEvent } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import { useSession } from "@/lib/session";
import { named } from "@/lib/use-named";
import { closeOnDesktop, followPresses, listOnDesktop, type Shown, showOnDesktop } from "./desktop";
import { claim, isAnyLookedAt, shareLooking } from "./tabs";
import { canSound, soundTone } from "./tone";
import { followWishes, isOn, useWishes } from "./wishes";
import { noticePath, noticeWords } from "./words";

// The event and its author's name are nearly always here before the notice.
const WAIT_MILLISECONDS = 3_000;
const TEXT_CHARACTERS = 180;

/** What may stand on the desktop, by room: up to which event, and the message that it shows. */
const standing = new Map<string, { seq: number; message_id: string | null; checked: number }>();

/** The last burst of each room that is not read: the notices that it counts. */
const bursts = new Map<string, { burst: string; ids: Set<string> }>();

/** Begin to tell the person; the answer ends it. */
export function startDesktopNotices(me: string): () => void {
  const stops = [
    shareLooking(),
    followWishes(),
    followPresses(navigate),
    useChat.subscribe((chat, before) => {
      if (chat.notices !== before.notices) takeNew(chat, before);
      if (standing.size > 0) closeRead(chat);
    }),
  ];
  void takeUp(me);
  return () => {
    for (const stop of stops) stop();
    if (useSession.getState().status === "signed_out") void closeAll();
    standing.clear();
    bursts.clear();
  };
}

function takeNew({ me, notices }: Chat, before: Chat): void {
  const known = new Set(before.notices.map(({ key }) => key));
  for (const notice of notices) if (!known.has(notice.key)) void tell(notice, me).catch(onFailure);
}

async function tell(notice: Noticed, me: string): Promise<void> {
  if (!isOn()) return;
  const sounds = useWishes.getState().sound && canSound();
  if (sounds && (await claim(`tone.${notice.id}`))) void soundTone();
  // What has stopped stays so, however much of the room is read.
  const is_about_message = notice.kind !== "webhook";
  // Whichever tab shows it, each closes it once it is read there.
  if (is_about_message) noteStanding(notice, null);
  const count = countBurst(notice);
  if (await isAnyLookedAt()) return;
  if (!(await claim(`desktop.${notice.id}`))) return;
  const message = is_about_message ? await contentOf(notice) : null;
  if (message?.deleted || (is_about_message && isRead(notice)) || useChat.getState().me !== me) return;
  if (is_about_message) noteStanding(notice, message?.id ?? null);
  const { users } = usePeople.getState();
  const actor = users[notice.actor];
  const name = actor ? userName(actor) : t("notice.somebody");
  const { room: row } = useChat.getState().timelines[notice.room_id] ?? {};
  const room = placeName(row, roomName(row, me, users));
  const shown: Shown = { me, room_id: notice.room_id, seq: notice.seq, path: noticePath(notice) };
  const title = count > 1 ? t("notice.burst", { count, room }) : noticeWords(notice.kind, { name, room }, t);
  const body = useWishes.getState().text && message ? oneLine(named(message.text), TEXT_CHARACTERS) : "";
  await showOnDesktop(shown, { title, body }, navigate);
}

/** Return how many notices of its burst there are with this one, whichever tab tells of them. */
function countBurst({ id, room_id, burst }: Noticed): number {
  if (burst === undefined) return 1;
  const before = bursts.get(room_id);
  const ids = before?.burst === burst ? before.ids.add(id) : new Set([id]);
  bursts.set(room_id, { burst, ids });
  return ids.size;
}

/** Go on with what stood there before this page was loaded, and close what is another person's. */
async function takeUp(me: string): Promise<void> {
  for (const { me: whose, room_id, seq } of await listOnDesktop()) {
    if (whose === me) standing.set(room_id, { seq, message_id: null, checked: seq });
    else await closeOnDesktop(room_id, seq);
  }
  closeRead(useChat.getState());
}

async function closeAll(): Promise<void> {
  for (const { room_id, seq } of await listOnDesktop()) await closeOnDesktop(room_id, seq);
}

function noteStanding({ room_id, seq }: Noticed, message_id: string | null): void {
  standing.set(room_id, { seq, message_id, checked: seq });
}

/** Close what was read on any device, and what shows a text that is deleted. */
function closeRead({ timelines, loaded }: Chat): void {
  for (const [room_id, { seq, message_id, checked }] of standing) {
    const timeline = timelines[room_id];
    if (!timeline && !loaded) continue;
    const read_seq = timeline ? (timeline.room.read_seq ?? 0) : Number.POSITIVE_INFINITY;
    const is_gone = message_id !== null && timeline !== undefined && isDeleted(timeline.recent, message_id, checked);
    if (read_seq >= seq || is_gone) {
      standing.delete(room_id);
      bursts.delete(room_id);
      void closeOnDesktop(room_id, seq).catch(onFailure);
    } else if (timeline) {
      standing.set(room_id, { seq, message_id, checked: timeline.position });
    }
  }
}

function isRead({ room_id, seq }: Noticed): boolean {
  return (useChat.getState().timelines[room_id]?.room.read_seq ?? 0) >= seq;
}

interface Content {
  id: string;
  text: string;
  deleted: boolean;
}

/** Return what the notice is about; null where it is no message, or not here in time. */
async function contentOf({ room_id, seq, actor }: Noticed): Promise<Content | null> {
  want([actor]);
  const is_here = () => {
    const { position = 0 } = useChat.getState().timelines[room_id] ?? {};
    return position >= seq && usePeople.getState().users[actor] !== undefined;
  };
  await until(is_here);
  const recent = useChat.getState().timelines[room_id]?.recent ?? [];
  const event = recent.find((one) => one.seq === seq);
  const content = event && written(event);
  return content ? { ...content, deleted: isDeleted(recent, content.id, seq) } : null;
}

function written(event: RoomEvent): { id: string; text: string } | null {
  if (event.type === "message.created") {
    const { message } = event;
    return message.deleted ? null : { id: message.id, text: message.text };
  }
  if (event.type === "message.edited") return { id: event.id, text: event.text ?? "" };
  return null;
}

function isDeleted(recent: readonly RoomEvent[], message_id: string, after: number): boolean {
  for (let at = recent.length - 1; at >= 0; at -= 1) {
    const event = recent[at];
    if (!event || event.seq <= after) return false;
    if (event.type === "message.deleted" && event.id === message_id) return true;
  }
  return false;
}

/** Wait until something of the chat or of its people holds, but not for long. */
function until(holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      resolve();
    };
    const look = () => {
      if (holds()) finish();
    };
    const stops = [useChat.subscribe(look), usePeople.subscribe(look)];
    const timer = setTimeout(finish, WAIT_MILLISECONDS);
  });
}

function onFailure(error: unknown): void {
  console.warn("The desktop may not show what it should.", error);
}
