/** Which emoji the name being typed behind a colon may mean. */
import { type Emoji, useEmojiBook } from "@/lib/emoji";

const SHOWN = 8;
/** One syllable of Hangul says as much as two letters. */
const TYPED = /(?:^|\s):((?:[\p{Script=Hangul}]|[a-z0-9+][a-z0-9_+-])[\p{L}\p{N}_+-]{0,30})$/iu;

/** Return what is being typed behind a colon at the cursor, or null. */
export function typedShortcode(text: string, cursor: number): { start: number; q: string } | null {
  const q = TYPED.exec(text.slice(Math.max(0, cursor - 40), cursor))?.[1];
  return q === undefined ? null : { start: cursor - q.length - 1, q };
}

export interface EmojiSuggestion {
  emoji: Emoji;
  word: string;
}

export function useEmojiSuggestions(q: string | null): EmojiSuggestion[] {
  const book = useEmojiBook(q !== null);
  return q === null || !book ? [] : book.find(q, SHOWN);
}
