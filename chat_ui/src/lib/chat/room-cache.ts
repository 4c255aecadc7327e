/**
 * Keeps the rooms, and the end of those that were visited, in this browser: shown at once at the next start, and readable
 * without the server. They are copies, each true at its own position; what came since is told by room:sync.
 */
import { type Changes, type Database, deleteDatabase, openDatabase } from "@/lib/database";
import { learnKept, takeShown, usePeople } from "@/lib/people";
import type { AnyMessage, Room, User } from "@/lib/protocol";
import { MessageRun } from "./message-run";
import { type Placed, placeRooms, useChat } from "./store";
import { part } from "./threads";
import { startTimeline, type Timeline } from "./timeline";

// Another version throws away what the one before kept: the first kept texts that retention had taken, the second counted
// no replies.
const VERSION = 3;
const STORES = ["rooms", "people"];
const SAVE_MILLISECONDS = 5_000;
// As many as fill a screen.
const MESSAGES_PER_ROOM = 50;
const MOST_HISTORIES = 100;
// 20 MB, where each takes two bytes.
const MOST_CHARACTERS = 10_000_000;
// What takes longer than a frame is left for the next time.
const ROOMS_PER_SAVE = 100;
// Of an absence this long the server tells nothing but the end.
const DAY_MILLISECONDS = 24 * 3600 * 1000;
const MOST_AGE_MILLISECONDS = 30 * DAY_MILLISECONDS;
// Half a kilobyte each; more than write in a hundred rooms.
const MOST_PEOPLE = 5_000;

/** A room as it lies in the store. */
interface Kept {
  id: string;
  room: Room;
  position: number;
  /** The last messages up to `position`; null where the room was not visited, or not lately. */
  messages: AnyMessage[] | null;
  has_older: boolean;
  rank: number;
  hidden: boolean;
  kept_at: number;
  characters: number;
}

/** A person as they lie in the store. */
interface KeptUser extends User {
  /** When they were last shown, to within a day. */
  seen_at: number;
}

/** Show what was kept, and keep what comes from now on; the answer stops it. */
export function keepRooms(me: string): () => void {
  const keeper = new Keeper(me);
  void keeper.start();
  return () => keeper.stop();
}

/** Forget all that was kept of a person. */
export async function forgetRooms(me: string): Promise<void> {
  try {
    await deleteDatabase(nameOf(me));
  } catch (error) {
    console.warn("The rooms kept in this browser could not be removed.", error);
  }
}

class Keeper {
  private database: Database | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private stopped = false;
  private saving = false;
  private people: Record<string, User> = {};
  /** When each person who is kept was last shown, as it lies in the store. */
  private readonly seen = new Map<string, number>();
  /** The rooms as they were when they were kept. */
  private readonly kept = new Map<string, Timeline>();
  /** The characters of each history that is kept, the one that changed last behind the others. */
  private readonly histories = new Map<string, number>();

  constructor(private readonly me: string) {}

  async start(): Promise<void> {
    try {
      const database = await openDatabase(nameOf(this.me), { version: VERSION, stores: STORES });
      this.database = database;
      if (this.stopped) return this.stop();
      const [rooms, people] = await Promise.all([database.all("rooms"), database.all("people")]);
      if (this.stopped) return;
      this.show(rooms.filter(isKept), people as KeptUser[]);
      this.timer = setInterval(this.save, SAVE_MILLISECONDS);
      document.addEventListener("visibilitychange", this.save);
    } catch (error) {
      console.warn("This browser keeps no rooms.", error);
    }
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.save);
    this.database?.close();
  }

  /** Put the rooms into the page, unless the server was faster; then only what is kept is noted. */
  private show(rooms: Kept[], people: KeptUser[]): void {
    const { loaded } = useChat.getState();
    const ranks = rooms.map(({ rank }) => rank);
    const above = Math.max(0, ...ranks) + 1;
    const users = people.map(({ seen_at, ...user }): User => {
      this.seen.set(user.id, seen_at);
      return user;
    });
    if (!loaded) learnKept(users);
    this.people = Object.fromEntries(users.map((user) => [user.id, user]));
    const placed: Placed[] = [];
    for (const kept of rooms.sort((a, b) => a.kept_at - b.kept_at)) {
      if (kept.messages) this.histories.set(kept.id, kept.characters);
      const timeline = timelineOf(kept);
      this.kept.set(kept.id, timeline);
      // Below all that happens from now on.
      placed.push({ timeline, rank: kept.rank - above, hidden: kept.hidden });
    }
    if (!loaded) placeRooms(placed);
  }

  private readonly save = async (): Promise<void> => {
    const { me, loaded } = useChat.getState();
    // Before the server told which rooms there are, nothing is known to be gone.
    if (!this.database || this.saving || !loaded || me !== this.me) return;
    this.saving = true;
    try {
      await this.database.write(this.changes());
    } catch (error) {
      console.warn("This browser keeps rooms no more.", error);
      this.stop();
    } finally {
      this.saving = false;
    }
  };

  private changes(): Changes {
    const { timelines } = useChat.getState();
    const changes: Changes = { put: [], remove: [] };
    for (const [id, timeline] of Object.entries(timelines)) {
      if (changes.put.length >= ROOMS_PER_SAVE) break;
      const kept = this.kept.get(id);
      if (kept === timeline) continue;
      if (isWhole(timeline)) changes.put.push(this.keep(id, timeline, true));
      // What cannot be kept anew goes, rather than stay with texts that are no more.
      else if (kept && this.histories.has(id) && mayBeTrimmed(kept, timeline))
        changes.put.push(this.keep(id, timeline, false));
    }
    for (const id of this.kept.keys()) {
      if (timelines[id]) continue;
      this.kept.delete(id);
      this.histories.delete(id);
      changes.remove.push({ store: "rooms", key: id });
    }
    for (const id of surplusOf(this.histories)) {
      const timeline = timelines[id];
      if (timeline) changes.put.push(this.keep(id, timeline, false));
    }
    this.keepPeople(changes);
    return changes;
  }

  private keepPeople(changes: Changes): void {
    const { users } = usePeople.getState();
    const now = Date.now();
    const put = new Set<string>();
    for (const [id, user] of Object.entries(users)) if (this.people[id] !== user) put.add(id);
    for (const id of takeShown()) if (now - (this.seen.get(id) ?? 0) > DAY_MILLISECONDS) put.add(id);
    this.people = users;
    if (put.size === 0) return;
    for (const id of put) if (users[id]) this.seen.set(id, now);
    for (const id of unseenOf(this.seen, { now, most: MOST_PEOPLE })) {
      put.delete(id);
      this.seen.delete(id);
      changes.remove.push({ store: "people", key: id });
    }
    for (const id of put) if (users[id]) changes.put.push({ store: "people", value: { ...users[id], seen_at: now } });
  }

  private keep(id: string, timeline: Timeline, with_history: boolean): { store: string; value: Kept } {
    const { activity, hidden } = useChat.getState();
    const { room, position, messages: run } = timeline;
    const messages = with_history && run ? run.slice(-MESSAGES_PER_ROOM) : null;
    const characters = messages ? JSON.stringify(messages).length : 0;
    const has_older = timeline.has_older || (run?.length ?? 0) > MESSAGES_PER_ROOM;
    this.kept.set(id, timeline);
    this.histories.delete(id);
    if (messages) this.histories.set(id, characters);
    const order = { rank: activity[id] ?? 0, hidden: hidden[id] ?? false, kept_at: Date.now() };
    return { store: "rooms", value: { id, room, position, messages, has_older, characters, ...order } };
  }
}

/** Return the rooms whose history is one too many, the first of the map first. */
export function surplusOf(
  histories: Map<string, number>,
  most = { rooms: MOST_HISTORIES, characters: MOST_CHARACTERS },
) {
  let rooms = histories.size;
  let characters = 0;
  for (const size of histories.values()) characters += size;
  const surplus: string[] = [];
  for (const [id, size] of histories) {
    if (rooms <= most.rooms && characters <= most.characters) break;
    surplus.push(id);
    rooms -= 1;
    characters -= size;
  }
  return surplus;
}

/** Return the people to be kept no longer: not shown for long, or too many, those first who were not shown for longest. */
export function unseenOf(seen: ReadonlyMap<string, number>, { now, most }: { now: number; most: number }): string[] {
  const by_time = [...seen].sort(([, a], [, b]) => b - a);
  return by_time.filter(([, at], place) => place >= most || now - at > MOST_AGE_MILLISECONDS).map(([id]) => id);
}

/** Tell whether the messages loaded are the room's end, each as it is at the position. */
function isWhole({ has_newer, foretold }: Timeline): boolean {
  return !has_newer && foretold.size === 0;
}

/** Tell whether retention may have taken something since the room was kept. */
export function mayBeTrimmed(kept: Pick<Timeline, "position">, { position, recent }: Timeline): boolean {
  const since = recent.filter(({ seq }) => seq > kept.position);
  return since.length < position - kept.position || since.some(({ type }) => type === "room.trimmed");
}

function timelineOf({ room, position, messages, has_older }: Kept): Timeline {
  const loaded = { messages: messages && MessageRun.of(messages), parted: messages && part(messages) };
  return { ...startTimeline(room), ...loaded, position, has_older };
}

/** What lies in a browser may be anything. */
function isKept(value: unknown): value is Kept {
  const kept = value as Partial<Kept> | null;
  const is_room = typeof kept?.id === "string" && kept.room?.id === kept.id && Number.isInteger(kept.position);
  if (!is_room || !(kept.messages === null || Array.isArray(kept.messages))) return false;
  return Date.now() - (kept.kept_at ?? 0) < MOST_AGE_MILLISECONDS;
}

function nameOf(me: string): string {
  return `chatflow.${me}`;
}
