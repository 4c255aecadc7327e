/**
 * Which threads have replies that the person has not read: as the server lists them once the connection is there, and as it
 * follows from replies since. Whether one follows a thread is not guessed: where it is not known, the list is read again.
 */
import { create } from "zustand";
import { call } from "@/lib/api";
import type { Message, RoomEvent, Threads } from "@/lib/protocol";
import { useChat } from "./store";
import { isFollowed, useFollowing } from "./thread-follows";
import { useThreadReads } from "./thread-reads";
import { rootOf } from "./threads";

interface News {
  /** The number of the last reply. */
  n: number;
  unread: number;
}

type AllNews = ReadonlyMap<string, News>;

// The most that the server tells in a page.
const LISTED = 50;
const KEPT = 200;
// Who is named in a thread or began it is told soon.
const SOON_MILLISECONDS = 1_000;
// All other replies are rarely in a thread that one follows. Not all who see a reply ask at the same moment.
const LATER_MILLISECONDS = { least: 30_000, most: 90_000 };

const useNews = create<{ threads: AllNews }>(() => ({ threads: new Map() }));
let timer: ReturnType<typeof setTimeout> | undefined;
let due_at = Number.POSITIVE_INFINITY;
/** Which reading was begun last, and whose answer was taken. */
const readings = { begun: 0, taken: 0 };

useChat.subscribe((chat, before) => {
  if (chat.me === before.me) return;
  wait();
  useNews.setState({ threads: new Map() });
});

/** Return how many replies in the thread are new to the person. */
export function useThreadNews(root: string): number {
  const news = useNews(({ threads }) => threads.get(root));
  const read = useThreadReads((reads) => reads[root] ?? 0);
  const follows = useFollowing(({ threads }) => isFollowed(threads, root));
  return news && follows !== false && read < news.n ? news.unread : 0;
}

/** Return how many threads have news. */
export function useThreadsWithNews(): number {
  const { threads } = useNews();
  const reads = useThreadReads();
  const following = useFollowing((all) => all.threads);
  return [...threads].filter(([root, { n }]) => isFollowed(following, root) !== false && (reads[root] ?? 0) < n).length;
}

/** Take the list of the server; what came meanwhile is newer. */
export async function readThreadNews(): Promise<void> {
  wait();
  readings.begun += 1;
  const { begun } = readings;
  const { me } = useChat.getState();
  const before = useNews.getState().threads;
  try {
    const { items } = await call<Threads>("GET", `/api/threads?unread=true&limit=${LISTED}`);
    if (useChat.getState().me !== me || begun < readings.taken) return;
    readings.taken = begun;
    const listed = items.map(({ root, last, unread }) => [root.id, { n: last?.n ?? 0, unread }] as const);
    useNews.setState(({ threads }) => {
      const since = [...threads].filter(([root, news]) => before.get(root) !== news);
      return { threads: limited([...listed.toReversed(), ...since]) };
    });
  } catch (error) {
    console.warn("Which threads have news is not known yet.", error);
  }
}

/** Count a reply by another in a thread that one follows. */
export function foldThreadNews(event: RoomEvent, me: string): void {
  if (event.type !== "message.created" || event.message.deleted) return;
  const root = rootOf(event.message);
  if (root === null) return;
  const { threads } = useNews.getState();
  const news = threads.get(root);
  const others = [...threads].filter(([other]) => other !== root);
  if (event.message.sender === me) {
    // Who writes has read what is above.
    if (news) useNews.setState({ threads: new Map(others) });
    return;
  }
  const follows = isFollowed(useFollowing.getState().threads, root) ?? (news ? true : null);
  if (follows === null) wait(concerns(event.message, root, me) ? SOON_MILLISECONDS : later());
  if (!follows) return;
  const is_read = news !== undefined && (useThreadReads.getState()[root] ?? 0) >= news.n;
  const unread = (is_read ? 0 : (news?.unread ?? 0)) + 1;
  useNews.setState({ threads: limited([...others, [root, { n: event.n, unread }]]) });
}

/** Tell whether the person is named in the reply, or began the thread. */
function concerns({ room_id, mentions }: Message, root: string, me: string): boolean {
  const began = useChat.getState().timelines[room_id]?.messages?.byId(root)?.sender === me;
  return began || mentions.users.includes(me);
}

function later(): number {
  const { least, most } = LATER_MILLISECONDS;
  return least + Math.random() * (most - least);
}

function limited(news: Iterable<readonly [string, News]>): AllNews {
  return new Map([...new Map(news)].slice(-KEPT));
}

/** Read the list in so many milliseconds, unless that is due before; without a number, wait for nothing any more. */
function wait(milliseconds = Number.POSITIVE_INFINITY): void {
  const at = Date.now() + milliseconds;
  if (at >= due_at && milliseconds < Number.POSITIVE_INFINITY) return;
  clearTimeout(timer);
  due_at = at;
  if (at < Number.POSITIVE_INFINITY) timer = setTimeout(() => void readThreadNews(), milliseconds);
}
