/** What the word at the cursor may become: somebody's name behind an @, an emoji behind a colon. */
import { useEffect, useState } from "react";
import { type EmojiSuggestion, typedShortcode, useEmojiSuggestions } from "./emoji-suggestions";
import { typedMention } from "./mentions";
import { type Suggestion, useSuggestions } from "./suggestions";

export type Completion = ({ kind: "name" } & Suggestion) | ({ kind: "emoji" } & EmojiSuggestion);

export function useCompletions(text: string, cursor: number, room_id: string) {
  const [closed_at, close] = useState<number | null>(null);
  const [chosen, choose] = useState(0);
  const mention = typedMention(text, cursor);
  const shortcode = mention ? null : typedShortcode(text, cursor);
  const typed = mention ?? shortcode;
  const start = typed?.start ?? null;
  const is_open = start !== null && start !== closed_at;
  const names = useSuggestions(is_open && mention ? mention.q : null, room_id);
  const emoji = useEmojiSuggestions(is_open && shortcode ? shortcode.q : null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another word typed is another choice.
  useEffect(() => choose(0), [typed?.q, start]);
  // Closed for this word; another one opens it again.
  useEffect(() => {
    if (start !== closed_at) close(null);
  }, [start, closed_at]);
  const items: Completion[] = [
    ...names.map((one) => ({ kind: "name" as const, ...one })),
    ...emoji.map((one) => ({ kind: "emoji" as const, ...one })),
  ];
  return {
    start,
    q: typed?.q ?? "",
    items,
    chosen: Math.min(chosen, Math.max(0, items.length - 1)),
    choose: (place: number) => choose((place + items.length) % items.length),
    close: () => close(start),
  };
}
