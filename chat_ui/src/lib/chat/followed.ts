/** The threads that one follows, the newest reply first: read while they are shown, and again as they go on. */
import { useCallback, useEffect, useRef, useState } from "react";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { FollowedThread, Threads } from "@/lib/protocol";
import { useChat } from "./store";
import { useThreadReads } from "./thread-reads";

const SETTLE_MILLISECONDS = 300;
const PAUSE_MILLISECONDS = 3_000;
// So much of what was opened page by page is read anew.
const PAGES_AT_MOST = 10;

interface Listed {
  /** Whether it is only those with something unread. */
  unread: boolean;
  items: FollowedThread[];
  next: string | null;
}

export function useFollowed(unread: boolean) {
  const online = useChat(({ link }) => link === "online");
  // Each message of any room may be a reply.
  const change = useChat(({ timelines }) => Object.values(timelines).reduce((sum, { position }) => sum + position, 0));
  const reads = useThreadReads();
  const [listed, setListed] = useState<Listed | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const shown = listed?.unread === unread ? listed : null;
  const wanted = useRef(0);
  wanted.current = shown?.items.length ?? 0;
  const asked = useRef({ unread, is_gone: false });
  asked.current.unread = unread;
  /** When the next reading is due, and for which list; what comes meanwhile does not put it off. */
  const due = useRef<{ at: number; unread: boolean } | null>(null);
  /** The reading that was begun last, and when the one began whose answer is shown. */
  const read = useRef<{ at: number; unread: boolean } | null>(null);
  const shown_of = useRef(0);
  useEffect(() => {
    asked.current.is_gone = false;
    return () => {
      asked.current.is_gone = true;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these is a reason to read them anew.
  useEffect(() => {
    if (!online) return;
    const now = Date.now();
    const last = read.current?.unread === unread ? read.current.at : null;
    if (due.current?.unread !== unread) {
      const pause = last === null ? 0 : Math.max(SETTLE_MILLISECONDS, last + PAUSE_MILLISECONDS - now);
      due.current = { at: now + pause, unread };
    }
    const isOutdated = () => asked.current.is_gone || asked.current.unread !== unread;
    const timer = setTimeout(async () => {
      due.current = null;
      const begun = { at: Date.now(), unread };
      read.current = begun;
      try {
        const found = await readAsFar(unread, wanted.current);
        // A slow answer does not take the place of a later one.
        if (isOutdated() || begun.at < shown_of.current) return;
        shown_of.current = begun.at;
        setListed(found);
        setFailure(null);
      } catch (error) {
        if (!isOutdated()) setFailure(explain(error));
      }
    }, due.current.at - now);
    return () => clearTimeout(timer);
  }, [online, change, reads, unread, attempt]);
  const next = shown?.next ?? null;
  const more = useCallback(async () => {
    try {
      const page = await readPage(unread, next);
      // What was read anew meanwhile goes on from another place.
      setListed((now) => (now?.next === next ? { ...page, items: [...now.items, ...page.items] } : now));
    } catch (error) {
      setFailure(explain(error));
    }
  }, [unread, next]);
  /** Read them again, as after one that is followed no more. */
  const refresh = () => setAttempt((count) => count + 1);
  return { items: shown?.items ?? null, next, failure, more, refresh };
}

async function readAsFar(unread: boolean, wanted: number): Promise<Listed> {
  let listed = await readPage(unread, null);
  // A page may be empty although there are more.
  for (
    let pages = 1;
    listed.next !== null && listed.items.length < Math.max(1, wanted) && pages < PAGES_AT_MOST;
    pages += 1
  ) {
    const page = await readPage(unread, listed.next);
    listed = { ...page, items: [...listed.items, ...page.items] };
  }
  return listed;
}

async function readPage(unread: boolean, cursor: string | null): Promise<Listed> {
  const query = new URLSearchParams({ ...(unread && { unread: "true" }), ...(cursor !== null && { cursor }) });
  const { items, next } = await call<Threads>("GET", `/api/threads?${query}`);
  return { unread, items, next };
}
