/**
 * Lists that are read anew while they are shown: soon after anything in them may have changed, but not without a pause, and
 * as far as they were opened page by page.
 */
import { useEffect, useRef } from "react";

// Soon enough for one who waits, and seldom enough where many people write at once.
const SETTLE_MILLISECONDS = 300;
const PAUSE_MILLISECONDS = 3_000;
// So much of what was opened page by page is read anew.
export const PAGES_AT_MOST = 10;

/** Says when a list is to be read again; what comes meanwhile does not put it off. */
export class Pace {
  #due_at: number | null = null;
  #read_at: number | null = null;

  /** Return how long to wait, in milliseconds; the first reading waits for nothing. */
  wait(): number {
    const now = Date.now();
    this.#due_at ??=
      this.#read_at === null ? now : Math.max(now + SETTLE_MILLISECONDS, this.#read_at + PAUSE_MILLISECONDS);
    return Math.max(0, this.#due_at - now);
  }

  /** Say that a reading begins, or ends: the pause counts from here. */
  note(): void {
    this.#read_at = Date.now();
  }

  /** Have nothing wait any more. */
  clear(): void {
    this.#due_at = null;
  }

  /** Begin anew, as with another person's list. */
  reset(): void {
    this.#due_at = null;
    this.#read_at = null;
  }
}

interface When {
  pace: Pace;
  online: boolean;
  /** Each of these is a reason to read anew once it is another one. */
  reasons: readonly unknown[];
}

/** Read now and whenever there is a reason, at that pace; whoever comes back later waits for nothing of before. */
export function useReadingAnew(read: () => void, { pace, online, reasons }: When): void {
  const latest = useRef(read);
  latest.current = read;
  useEffect(() => {
    if (!online) return;
    const timer = setTimeout(() => {
      pace.clear();
      latest.current();
    }, pace.wait());
    return () => clearTimeout(timer);
  }, [pace, online, ...reasons]);
  useEffect(() => () => pace.clear(), [pace]);
}

export interface Page<Item> {
  items: Item[];
  /** The cursor of what follows; null where there is none. */
  next: string | null;
}

type ReadPage<Item> = (cursor: string | null) => Promise<Page<Item>>;

/** Read as many as there were; a page may be empty although there are more behind it. */
export async function readAsFar<Item>(
  readPage: ReadPage<Item>,
  { wanted, keyOf }: { wanted: number; keyOf: (item: Item) => string },
): Promise<Page<Item>> {
  let read = await readPage(null);
  for (let pages = 1; read.next !== null && read.items.length < wanted && pages < PAGES_AT_MOST; pages += 1) {
    const page = await readPage(read.next);
    read = { items: mergeBy(keyOf, read.items, page.items), next: page.next };
  }
  return read;
}

/** Return both; an item may move between two readings, and stands once. */
export function mergeBy<Item>(keyOf: (item: Item) => string, items: Item[], more: Item[]): Item[] {
  const known = new Set(items.map(keyOf));
  return [...items, ...more.filter((item) => !known.has(keyOf(item)))];
}
