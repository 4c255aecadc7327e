/** Loads what a room needs to be shown: where one begins to read, and what is above and below as one gets near it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { loadAround, loadLatest, loadNewer, loadOlder } from "@/lib/chat/history";
import { useChat } from "@/lib/chat/store";
import { covers, type Timeline } from "@/lib/chat/timeline";
import { explain } from "@/lib/i18n";

// The next page is asked for before one gets to the edge.
const AHEAD_PIXELS = 1_200;
// A fast reader gets there sooner: so many times as far as they moved since the frame before.
const AHEAD_FRAMES = 12;

/** How far what is seen lies from the ends of what is loaded, and how far it moved last, in pixels. */
interface Distances {
  to_first: number;
  to_last: number;
  moved: number;
}

type Load = () => Promise<void>;

interface Failed {
  reason: string;
  load: Load;
}

/** `begin_seq` is where one begins to read; null for the end. The `run` that is returned is for jumps. */
export function useHistory(timeline: Timeline, begin_seq: number | null) {
  const { room, messages, has_older, has_newer } = timeline;
  const [failed_page, setFailedPage] = useState<Failed | null>(null);
  // Apart, for a jump that failed keeps no page from being loaded.
  const [failed_jump, setFailedJump] = useState<Failed | null>(null);
  const online = useChat(({ link }) => link === "online");
  const is_ready = messages !== null && (begin_seq === null ? !has_newer : covers(timeline, begin_seq));
  const [opened, setOpened] = useState(is_ready);
  if (is_ready && !opened) setOpened(true);

  const runPage = useCallback((load: Load) => {
    setFailedPage(null);
    return load().catch((error) => setFailedPage({ reason: explain(error), load }));
  }, []);
  const run = useCallback((load: Load) => {
    setFailedPage(null);
    setFailedJump(null);
    return load().catch((error) => setFailedJump({ reason: explain(error), load }));
  }, []);
  const open = useCallback(() => {
    return runPage(() => (begin_seq === null ? loadLatest(room.id) : loadAround(room.id, begin_seq)));
  }, [runPage, room.id, begin_seq]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another connection is a reason to try again.
  useEffect(() => {
    if (!opened || messages === null) void open();
  }, [opened, messages === null, online]);

  const is_failed = failed_page !== null;
  const edges = useRef({ has_older, has_newer, is_failed });
  edges.current = { has_older, has_newer, is_failed };
  const settled = useRef<Distances | null>(null);
  const onSettled = useCallback(
    (distances: Distances) => {
      settled.current = distances;
      // What failed is tried again by hand, or with the next connection.
      if (edges.current.is_failed) return;
      const ahead = (moved: number) => AHEAD_PIXELS + AHEAD_FRAMES * Math.max(0, moved);
      const { to_first, to_last, moved } = distances;
      if (edges.current.has_older && to_first < ahead(-moved)) void runPage(() => loadOlder(room.id));
      if (edges.current.has_newer && to_last < ahead(moved)) void runPage(() => loadNewer(room.id));
    },
    [runPage, room.id],
  );
  useEffect(() => {
    if (!online) return;
    setFailedJump(null);
    if (!edges.current.is_failed) return;
    setFailedPage(null);
    edges.current.is_failed = false;
    if (settled.current) onSettled(settled.current);
  }, [online, onSettled]);

  const failed = failed_jump ?? failed_page;
  const retry = () => {
    if (!opened) void open();
    else if (failed_jump) void run(failed_jump.load);
    else if (failed_page) void runPage(failed_page.load);
  };
  return { opened, failure: failed?.reason ?? null, run, onSettled, retry };
}
