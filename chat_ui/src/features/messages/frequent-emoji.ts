/** The three emoji that a person puts most, for one press; those of a newcomer are what most people use. */
import { load, save } from "@/lib/storage";

const AT_FIRST = ["✅", "👀", "🙏", "🎉", "👍", "😂"];
const OFFERED = 3;
const COUNTED = 50;

type Counts = Record<string, number>;

export function frequentEmoji(me: string): string[] {
  return usedEmoji(me).slice(0, OFFERED);
}

/** Return those that a person puts, the most frequent first, and behind them what most people use. */
export function usedEmoji(me: string): string[] {
  const counts = read(me);
  const own = Object.keys(counts).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
  return [...new Set([...own, ...AT_FIRST])];
}

export function countEmoji(me: string, emoji: string): void {
  const counts = read(me);
  const most = Object.entries({ ...counts, [emoji]: (counts[emoji] ?? 0) + 1 })
    .sort(([, a], [, b]) => b - a)
    .slice(0, COUNTED);
  save(`emoji.${me}`, JSON.stringify(Object.fromEntries(most)));
}

/** What cannot be read counts as nothing: a broken store never breaks the page. */
function read(me: string): Counts {
  try {
    const stored: unknown = JSON.parse(load(`emoji.${me}`) ?? "{}");
    const entries = Object.entries(stored ?? {}).filter(([, count]) => typeof count === "number");
    return Object.fromEntries(entries) as Counts;
  } catch {
    return {};
  }
}
