/**
 * What waits for the person, as the server lists it: what calls them, threads with news, and unread rooms. It is read while
 * its page is shown, and again soon after anything in it may have changed.
 */
import { create } from "zustand";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { InboxItem, InboxItemDone } from "@/lib/protocol";
import { noteDone, useDoneMentions } from "./done-mentions";
import { KINDS, type Kind, readInbox } from "./inbox-answer";
import { mergeBy, PAGES_AT_MOST, Pace, type Page, readAsFar, useReadingAnew } from "./reading-anew";
import { useChat } from "./store";
import { useThreadReads } from "./thread-reads";

type Listed = Page<InboxItem>;

interface Inbox {
  /** Null until the first page is there. */
  lists: Record<Kind, Listed | null>;
  /** What was called done and is not confirmed yet, by its key: it is out of sight. */
  leaving: ReadonlySet<string>;
  failure: string | null;
}

const nothing = (): Inbox => ({
  lists: { mention: null, thread: null, unread: null },
  leaving: new Set(),
  failure: null,
});

export const useInbox = create<Inbox>(nothing);

// The most that one call may name.
const DONE_PER_CALL = 100;

/** Grows with everything that was done, so that an answer from before it is known as such. */
let version = 0;
let refreshing: Promise<void> | null = null;
/** Whether something changed that the reading which is under way may not know. */
let is_stale = false;
const pace = new Pace();

useChat.subscribe((chat, before) => {
  if (chat.me === before.me) return;
  version += 1;
  pace.reset();
  useInbox.setState(nothing(), true);
});

export function keyOf({ kind, room_id, seq }: InboxItem): string {
  return `${kind} ${room_id} ${seq}`;
}

/** Return what is to be seen of a kind; null until it is known. */
export function shownOf({ lists, leaving }: Inbox, kind: Kind): InboxItem[] | null {
  return lists[kind]?.items.filter((item) => !leaving.has(keyOf(item))) ?? null;
}

/** Read all of it anew, as far as it was opened; those who ask at the same time share one reading. */
export function refreshInbox(): Promise<void> {
  if (refreshing) {
    is_stale = true;
    return refreshing;
  }
  // What changes meanwhile is read in its turn, not at once: the pause counts from here.
  pace.note();
  refreshing = refresh().finally(() => {
    refreshing = null;
    pace.note();
    if (is_stale) void refreshInbox();
  });
  is_stale = false;
  return refreshing;
}

/** Read the page behind those of a kind that are there. */
export async function loadMore(kind: Kind): Promise<void> {
  const before = useInbox.getState().lists[kind];
  if (!before?.next) return;
  try {
    const page = await readPage(kind, before.next);
    useInbox.setState(({ lists }) => {
      const now = lists[kind];
      // What was read anew meanwhile goes on from another place.
      if (now?.next !== before.next) return {};
      return {
        lists: { ...lists, [kind]: { items: mergeBy(keyOf, now.items, page.items), next: page.next } },
        failure: null,
      };
    });
  } catch (error) {
    useInbox.setState({ failure: explain(error) });
  }
}

/** Call it done: it is out of sight at once, and comes back where the server does not know of it. */
export async function setDone(items: InboxItem[]): Promise<void> {
  const keys = items.map(keyOf);
  useInbox.setState(({ leaving }) => ({ leaving: new Set([...leaving, ...keys]), failure: null }));
  try {
    for (let start = 0; start < items.length; start += DONE_PER_CALL) {
      const named: InboxItemDone[] = items
        .slice(start, start + DONE_PER_CALL)
        .map(({ kind, room_id, seq }) => ({ kind, room_id, seq }));
      await call("POST", "/api/inbox/done", { items: named });
    }
    for (const { kind, room_id, seq } of items) if (kind === "mention") noteDone(room_id, [seq]);
    version += 1;
    useInbox.setState(({ lists }) => ({ lists: without(lists, new Set(keys)) }));
  } catch (error) {
    useInbox.setState({ failure: explain(error) });
  } finally {
    useInbox.setState(({ leaving }) => ({ leaving: new Set([...leaving].filter((key) => !keys.includes(key))) }));
  }
}

/** Keep the inbox true while the page is shown. */
export function useLiveInbox(): void {
  const online = useChat(({ link }) => link === "online");
  const change = useChat(({ timelines }) => fingerprintOf(timelines));
  const reads = useThreadReads();
  const done = useDoneMentions();
  useReadingAnew(() => void refreshInbox(), { pace, online, reasons: [change, reads, done] });
}

/** Return what differs once anything was written, read or called done in any room. */
function fingerprintOf(timelines: Record<string, { room: Counted }>): string {
  let [unread, mentions, read, rooms] = [0, 0, 0, 0];
  for (const id in timelines) {
    const room = timelines[id]?.room;
    unread += room?.unread ?? 0;
    mentions += room?.mentions ?? 0;
    read += room?.read_seq ?? 0;
    rooms += 1;
  }
  return `${unread} ${mentions} ${read} ${rooms}`;
}

interface Counted {
  unread?: number;
  mentions?: number;
  read_seq?: number;
}

async function refresh(): Promise<void> {
  try {
    for (let attempt = 0; attempt < PAGES_AT_MOST; attempt += 1) {
      const begun = version;
      const { lists } = useInbox.getState();
      const read = await Promise.all(KINDS.map((kind) => readList(kind, lists[kind]?.items.length ?? 0)));
      // Something was done meanwhile, which these answers may not know.
      if (begun !== version) continue;
      const [mention, thread, unread] = read as [Listed, Listed, Listed];
      useInbox.setState({ lists: { mention, thread, unread }, failure: null });
      return;
    }
  } catch (error) {
    useInbox.setState({ failure: explain(error) });
  }
}

function readList(kind: Kind, wanted: number): Promise<Listed> {
  return readAsFar((cursor) => readPage(kind, cursor), { wanted, keyOf });
}

async function readPage(kind: Kind, cursor: string | null): Promise<Listed> {
  const query = new URLSearchParams({ kind, ...(cursor !== null && { cursor }) });
  const { items, next } = readInbox(await call<unknown>("GET", `/api/inbox?${query}`));
  return { items: items.filter((item) => item.kind === kind), next };
}

function without(lists: Inbox["lists"], keys: ReadonlySet<string>): Inbox["lists"] {
  const left = (kind: Kind) => {
    const list = lists[kind];
    return list && { ...list, items: list.items.filter((item) => !keys.has(keyOf(item))) };
  };
  return { mention: left("mention"), thread: left("thread"), unread: left("unread") };
}
