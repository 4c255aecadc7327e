/** Loads the book of emoji once, when somebody wants it. */
import { useEffect, useSyncExternalStore } from "react";
import type { EmojiBook } from "./book";

export type { Emoji, EmojiBook, Hit, Tone } from "./book";

let book: EmojiBook | null = null;
let loading: Promise<void> | null = null;
const listeners = new Set<() => void>();

/** Return the book, or null while it is on its way or is not wanted. */
export function useEmojiBook(is_wanted: boolean): EmojiBook | null {
  useEffect(() => {
    if (is_wanted) void loadEmojiBook();
  }, [is_wanted]);
  return useSyncExternalStore(follow, () => book);
}

export function loadEmojiBook(): Promise<void> {
  loading ??= load().catch((error) => {
    // It is asked for again when somebody wants it the next time.
    loading = null;
    console.warn("The emoji could not be loaded.", error);
  });
  return loading;
}

async function load(): Promise<void> {
  const [{ EmojiBook }, { default: rows }] = await Promise.all([import("./book"), import("virtual:emoji")]);
  book = new EmojiBook(rows);
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
