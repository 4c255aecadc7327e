/** Searches as one types: the last words typed decide, whatever order the answers come in. */
import { useEffect, useState } from "react";
import { explain } from "./i18n";

const PAUSE_MILLISECONDS = 150;

export interface Search<T> {
  /** What `items` answers. */
  q: string;
  /** Null until the first answer. */
  items: T[] | null;
  failure: string | null;
}

/** Run `find`, which must be a stable function, for `q` once the typing pauses. */
export function useSearch<T>(q: string, find: (q: string) => Promise<T[]>): Search<T> {
  const [found, setFound] = useState<Search<T>>({ q: "", items: null, failure: null });
  useEffect(() => {
    let outdated = false;
    const timer = setTimeout(async () => {
      try {
        const items = await find(q.normalize("NFC").trim());
        if (!outdated) setFound({ q, items, failure: null });
      } catch (error) {
        if (!outdated) setFound((last) => ({ ...last, failure: explain(error) }));
      }
    }, PAUSE_MILLISECONDS);
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [q, find]);
  return found;
}
