/** The threads that one follows, the newest reply first: read while they are shown, and again as they go on. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { call } from "@/lib/api";
import { explain } from "@/lib/i18n";
import type { FollowedThread, Threads } from "@/lib/protocol";
import { mergeBy, Pace, type Page, readAsFar, useReadingAnew } from "./reading-anew";
import { useChat } from "./store";
import { useThreadReads } from "./thread-reads";

interface Listed extends Page<FollowedThread> {
  /** Whether it is only those with something unread. */
  unread: boolean;
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list is read at once.
  const pace = useMemo(() => new Pace(), [unread]);
  /** The list that is asked for now, none once the page is left; and which reading was begun last and which is shown. */
  const now = useRef({ pace: pace as Pace | null, begun: 0, shown: 0 });
  useEffect(() => {
    now.current.pace = pace;
    const { current } = now;
    return () => {
      current.pace = null;
    };
  }, [pace]);
  const read = async () => {
    now.current.begun += 1;
    const { begun } = now.current;
    pace.note();
    // A slow answer does not take the place of a later one, nor of another list.
    const isOutdated = () => now.current.pace !== pace || begun < now.current.shown;
    try {
      const found = await readAsFar((cursor) => readPage(unread, cursor), {
        wanted: Math.max(1, shown?.items.length ?? 0),
        keyOf,
      });
      if (isOutdated()) return;
      now.current.shown = begun;
      setListed({ ...found, unread });
      setFailure(null);
    } catch (error) {
      if (!isOutdated()) setFailure(explain(error));
    }
  };
  useReadingAnew(read, { pace, online, reasons: [change, reads, attempt] });
  const next = shown?.next ?? null;
  const more = useCallback(async () => {
    try {
      const page = await readPage(unread, next);
      // What was read anew meanwhile goes on from another place.
      setListed((now) =>
        now?.next === next ? { unread, items: mergeBy(keyOf, now.items, page.items), next: page.next } : now,
      );
    } catch (error) {
      setFailure(explain(error));
    }
  }, [unread, next]);
  /** Read them again, as after one that is followed no more. */
  const refresh = () => setAttempt((count) => count + 1);
  return { items: shown?.items ?? null, next, failure, more, refresh };
}

function keyOf({ root }: FollowedThread): string {
  return root.id;
}

async function readPage(unread: boolean, cursor: string | null): Promise<Page<FollowedThread>> {
  const query = new URLSearchParams({ ...(unread && { unread: "true" }), ...(cursor !== null && { cursor }) });
  const { items, next } = await call<Threads>("GET", `/api/threads?${query}`);
  return { items, next };
}
