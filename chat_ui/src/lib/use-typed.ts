/** What is typed into a field, to be kept once one stops, leaves the field or goes elsewhere, and not a digit at a time. */
import { useEffect, useRef, useState } from "react";
import { countAsUnsaved } from "./unsaved";

const PAUSE_MILLISECONDS = 1_000;

let waiting = 0;
// Whoever closes the page in that second is asked.
countAsUnsaved(() => waiting);

export interface Typed {
  /** What stands in the field. */
  typed: string;
  type: (text: string) => void;
  /** Keep it now, if it is not kept yet. */
  keep: () => void;
}

/** `onKeep` takes what was typed; what is empty is half typed, and is not kept. */
export function useTyped(kept: string, onKeep: (text: string) => void): Typed {
  const [pending, setPending] = useState<string | null>(null);
  const latest = useRef({ pending, kept, onKeep });
  latest.current = { pending, kept, onKeep };
  const keep = () => {
    const now = latest.current;
    if (now.pending === null) return;
    latest.current = { ...now, pending: null };
    setPending(null);
    if (now.pending && now.pending !== now.kept) now.onKeep(now.pending);
  };
  const last = useRef(keep);
  last.current = keep;
  useEffect(() => {
    if (!pending) return;
    waiting += 1;
    const timer = setTimeout(() => last.current(), PAUSE_MILLISECONDS);
    return () => {
      waiting -= 1;
      clearTimeout(timer);
    };
  }, [pending]);
  // Whoever goes elsewhere in the page takes the field away.
  useEffect(() => () => last.current(), []);
  return { typed: pending ?? kept, type: setPending, keep };
}
