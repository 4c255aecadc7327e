/** Takes in what the server says on the socket. */
import type { Socket } from "socket.io-client";
import { call } from "@/lib/api";
import { learn, want } from "@/lib/people";
import type { Noticed, Ready, Room, RoomEvent, Rooms, ServerEvents } from "@/lib/protocol";
import { catchUp } from "./catch-up";
import { moveRead } from "./counts";
import { noteDone } from "./done-mentions";
import { withMine } from "./mine";
import { type Seen, unread } from "./notices";
import { notePresence } from "./presence";
import { forgetQuoted } from "./quoted";
import { notePositions, noteWritten } from "./read-by";
import { changeTimeline, dropTimeline, placeRooms, setHidden, useChat } from "./store";
import { foldFollowing, noteFollowing } from "./thread-follows";
import { foldThreadNews } from "./thread-news";
import { noteThreadsRead } from "./thread-reads";
import { isBehind, receive, startTimeline, takeRow } from "./timeline";
import { noteTyping } from "./typing";

type Payload<Name extends keyof ServerEvents> = Parameters<ServerEvents[Name]>[0];

// Enough for a room whose row is on its way; what is beyond comes with room:sync.
const ORPHANS_PER_ROOM = 1_000;
/** Live events of rooms that are not loaded yet. */
const orphans = new Map<string, RoomEvent[]>();
let rank = 0;
let key = 0;

/** Register for everything that this client listens to. */
export function listen(socket: Pick<Socket<ServerEvents>, "on">): void {
  socket.on("ready", onReady);
  socket.on("event", onEvent);
  socket.on("room:added", ({ room }) => {
    addRoom(room);
    void catchUp();
  });
  socket.on("room:removed", ({ room_id }) => dropTimeline(room_id));
  socket.on("room:mine", onMine);
  socket.on("read", onRead);
  socket.on("typing", noteTyping);
  socket.on("presence", notePresence);
  socket.on("user", ({ user }) => learn([user]));
  socket.on("notice", onNotice);
  socket.on("notice:read", onNoticeRead);
}

function onReady({ user, rooms, more }: Ready): void {
  learn([user]);
  const listed = new Set(rooms.map((room) => room.id));
  const { timelines, loaded } = useChat.getState();
  if (!loaded) rooms.forEach(freshen);
  if (!more) for (const room_id of Object.keys(timelines)) if (!listed.has(room_id)) dropTimeline(room_id);
  // Most recent first; a room that had a message since keeps its place.
  addRooms(rooms.toReversed(), () => {
    rank += 1;
    return rank;
  });
  if (more) loadOtherRooms(listed).catch((error) => console.warn("The list of rooms is not complete.", error));
  useChat.setState({ loaded: true });
}

/** Take what this browser kept of a room only where it can be gone on from, and its place in the list from the server. */
function freshen({ id, head }: Room): void {
  const { timelines, activity } = useChat.getState();
  const kept = timelines[id];
  delete activity[id];
  // A server that was put back to an earlier day knows less than was kept.
  if (kept && (!kept.messages || kept.position > head)) dropTimeline(id);
}

/** Put a room into the list, or take its fresh row where it is there. */
export function addRoom(room: Room): void {
  rank += 1;
  addRooms([room], () => rank);
}

/** Do the same with many; `place` ranks each that has no place yet. */
function addRooms(rooms: Room[], place: () => number): void {
  const { timelines, activity, me } = useChat.getState();
  placeRooms(
    rooms.map((room) => {
      const known = timelines[room.id];
      const timeline = known ? takeRow(known, room, me) : startTimeline(room);
      return { timeline, rank: known && room.id in activity ? null : place() };
    }),
  );
  for (const { id } of rooms) {
    const waiting = orphans.get(id) ?? [];
    orphans.delete(id);
    for (const event of waiting) onEvent(event);
  }
}

function onEvent(event: RoomEvent): void {
  const { timelines, me } = useChat.getState();
  if (!timelines[event.room_id]) {
    adopt(event);
    return;
  }
  const is_message = event.type === "message.created";
  if (is_message) rank += 1;
  changeTimeline(event.room_id, (timeline) => receive(timeline, event, me), is_message ? { rank } : {});
  forgetQuoted(event);
  foldFollowing(event, me);
  foldThreadNews(event, me);
  if (is_message) {
    // Who sends types no more.
    noteWritten(event.room_id, event.actor, event.seq);
    noteTyping({ room_id: event.room_id, user_id: event.actor, active: false });
  }
  const timeline = useChat.getState().timelines[event.room_id];
  if (timeline && isBehind(timeline)) void catchUp();
}

function onMine({ room_id, notify, hidden, threads, threads_read, done, ...mine }: Payload<"room:mine">): void {
  changeTimeline(room_id, (timeline) => ({ ...timeline, room: withMine(timeline.room, mine) }));
  if (threads) noteFollowing(threads);
  if (done) noteDone(room_id, done);
  if (threads_read) noteThreadsRead(threads_read);
  if (notify) changeTimeline(room_id, (timeline) => ({ ...timeline, room: { ...timeline.room, notify } }));
  if (hidden !== undefined) setHidden(room_id, hidden);
}

/** Take how far others have read, and one's own position from another device. */
function onRead({ room_id, positions }: Payload<"read">): void {
  const { me, timelines } = useChat.getState();
  notePositions(room_id, positions);
  const seq = positions[me];
  const timeline = timelines[room_id];
  if (seq === undefined || !timeline) return;
  onNoticeRead({ room_id, seq });
  // Moved back, there is no telling here how many are behind it.
  const is_back = seq < (timeline.room.read_seq ?? 0);
  const row = is_back ? null : moveRead(timeline.room, seq, timeline.recent, me);
  if (row === timeline.room) return;
  if (row) changeTimeline(room_id, (current) => ({ ...current, room: row }));
  else refreshRow(room_id).catch((error) => console.warn("A badge may be too high until the next reload.", error));
}

function onNotice(notice: Noticed): void {
  want([notice.actor]);
  key += 1;
  useChat.setState(({ notices }) => ({ notices: [...notices, { ...notice, key }] }));
}

function onNoticeRead(read: Seen): void {
  const { notices } = useChat.getState();
  const left = unread(notices, read);
  if (left.length < notices.length) useChat.setState({ notices: left });
}

/** Take the room's row as the server has it now. */
export async function refreshRow(room_id: string): Promise<void> {
  const room = await call<Room>("GET", `/api/rooms/${room_id}`);
  changeTimeline(room_id, (timeline) => takeRow(timeline, room, useChat.getState().me));
}

/** Take a room before the list of all rooms is there; `ready` takes its place in the list from the server all the same. */
export async function loadRoom(room_id: string): Promise<void> {
  const { me } = useChat.getState();
  const room = await call<Room>("GET", `/api/rooms/${room_id}`);
  const chat = useChat.getState();
  // What came meanwhile is newer, and whom it was for may have left.
  if (chat.me !== me || chat.loaded || chat.timelines[room_id]) return;
  placeRooms([{ timeline: startTimeline(room), rank: null }]);
}

/** Keep the event of an unknown room, and ask for the room once. */
function adopt(event: RoomEvent): void {
  const waiting = orphans.get(event.room_id);
  if (waiting) {
    if (waiting.length < ORPHANS_PER_ROOM) waiting.push(event);
    return;
  }
  orphans.set(event.room_id, [event]);
  call<Room>("GET", `/api/rooms/${event.room_id}`)
    .then(addRoom)
    .catch((error) => {
      orphans.delete(event.room_id);
      console.warn(`Room ${event.room_id} could not be loaded.`, error);
    });
}

/** Load the rooms beyond those that `ready` names; what was here before and is in neither is gone. */
async function loadOtherRooms(listed: Set<string>): Promise<void> {
  const { timelines, activity } = useChat.getState();
  const before = Object.keys(timelines);
  // They come behind those that were there, in their own order.
  let lowest = Math.min(0, ...Object.values(activity));
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
    const page: Rooms = await call<Rooms>("GET", `/api/rooms${query}`);
    for (const { id } of page.items) listed.add(id);
    addRooms(page.items, () => {
      lowest -= 1;
      return lowest;
    });
    cursor = page.next;
  } while (cursor);
  for (const room_id of before) if (!listed.has(room_id)) dropTimeline(room_id);
  void catchUp();
}
