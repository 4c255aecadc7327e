/** Loads what a room needs to be shown: where one begins to read, and what is above and below as one gets near it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { loadAround, loadLatest, loadNewer, loadOlder } from "@/lib/chat/history";
import { useChat } from "@/lib/chat/store";
import { covers, type Timeline } from "@/lib/chat/timeline";
import { explain } from "@/lib/i18n";

// The next page is asked for before one gets to the edge.
const AHEAD_PIXELS = 1_200;

/** `begin_seq` is where one begins to read; null for the end. */
export function useHistory(timeline: Timeline, begin_seq: number | null) {
  const { room, messages, has_older, has_newer } = timeline;
  const [failure, setFailure] = useState<string | null>(null);
  const online = useChat(({ link }) => link === "online");
  const is_ready = messages !== null && (begin_seq === null ? !has_newer : covers(timeline, begin_seq));
  const [opened, setOpened] = useState(is_ready);
  if (is_ready && !opened) setOpened(true);

  const run = useCallback((load: () => Promise<void>) => {
    setFailure(null);
    return load().catch((error) => setFailure(explain(error)));
  }, []);
  const open = useCallback(() => {
    return run(() => (begin_seq === null ? loadLatest(room.id) : loadAround(room.id, begin_seq)));
  }, [run, room.id, begin_seq]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another connection is a reason to try again.
  useEffect(() => {
    if (!opened || messages === null) void open();
  }, [opened, messages === null, online]);

  const edges = useRef({ has_older, has_newer, failure });
  edges.current = { has_older, has_newer, failure };
  const onSettled = useCallback(
    ({ to_first, to_last }: { to_first: number; to_last: number }) => {
      // What failed is tried again by hand, or with the next connection.
      if (edges.current.failure !== null) return;
      if (edges.current.has_older && to_first < AHEAD_PIXELS) void run(() => loadOlder(room.id));
      if (edges.current.has_newer && to_last < AHEAD_PIXELS) void run(() => loadNewer(room.id));
    },
    [run, room.id],
  );
  const retry = () => {
    if (!opened) void open();
    else void run(() => (has_newer ? loadNewer(room.id) : loadOlder(room.id)));
  };
  return { opened, failure, run, onSettled, retry };
}
