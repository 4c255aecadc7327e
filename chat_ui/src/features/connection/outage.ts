/** How long the page is without its server, and what it found when it was back: for the bar that shows it and the voice that says it. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { type Back, useChat } from "@/lib/chat/store";

// A server that restarts is back before one has read a word.
const GRACE_MILLISECONDS = 1_500;

export interface Found {
  /** A blink in which nothing happened is not worth a word. */
  is_told: boolean;
  sent: number;
  /** How many of those that waited are still on their way. */
  left: number;
  missed: number;
}

/** Return whether the browser has any network. */
export function useNetwork(): boolean {
  return useSyncExternalStore(followNetwork, () => navigator.onLine);
}

function followNetwork(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Return true once `value` has held for the grace. */
export function useSettled(value: boolean): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!value) {
      setSettled(false);
      return;
    }
    const timer = setTimeout(() => setSettled(true), GRACE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Count what was sent and what was missed. */
export function useFound(back: Back): Found {
  const left = useChat(({ outbox }) => back.cids.filter((cid) => outbox.some((unsent) => isOpen(unsent, cid))).length);
  const sent = back.cids.length - left;
  const missed = Object.values(back.missed).reduce((sum, count) => sum + count, 0);
  return { is_told: back.away_milliseconds > GRACE_MILLISECONDS || sent + left + missed > 0, sent, left, missed };
}

function isOpen({ cid, state }: { cid: string; state: string }, wanted: string): boolean {
  return cid === wanted && state !== "sent" && state !== "failed";
}
