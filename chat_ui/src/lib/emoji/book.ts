/** All emoji with their names: searched in both languages, whichever is shown, and loaded when first wanted. */
import type { Row } from "./row";

export interface Emoji {
  emoji: string;
  group: number;
  /** Without colons; the first is the one that is shown. */
  shortcodes: string[];
  /** The label and what else it is found by. */
  english: string[];
  korean: string[];
  /** From the lightest; empty where there is nothing to colour. */
  tones: string[];
}

export interface Hit {
  emoji: Emoji;
  /** What it was found by. */
  word: string;
}

/** 0: as it is drawn; 1 to 5: from the lightest. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;

export class EmojiBook {
  readonly all: Emoji[];
  readonly groups: { group: number; emoji: Emoji[] }[];
  private readonly by_shortcode: Map<string, Emoji>;
  private readonly by_itself: Map<string, Emoji>;

  constructor(rows: Row[]) {
    this.all = rows.map(([emoji, group, shortcodes, english, korean, tones]) => ({
      emoji,
      group,
      shortcodes: shortcodes.split(" "),
      english: english.split("|"),
      korean: korean.split("|"),
      tones: tones ? tones.split(" ") : [],
    }));
    const numbers = [...new Set(this.all.map(({ group }) => group))];
    this.groups = numbers.map((group) => ({ group, emoji: this.all.filter((one) => one.group === group) }));
    this.by_shortcode = new Map(this.all.flatMap((one) => one.shortcodes.map((name) => [name, one] as const)));
    this.by_itself = new Map(
      this.all.flatMap((one) => [one.emoji, ...one.tones].map((emoji) => [emoji, one] as const)),
    );
  }

  named(shortcode: string): Emoji | undefined {
    return this.by_shortcode.get(shortcode);
  }

  /** Return what is known of an emoji in any skin tone. */
  of(emoji: string): Emoji | undefined {
    return this.by_itself.get(emoji);
  }

  /** Return what fits best, the beginnings of names before parts of them. */
  find(typed: string, limit: number): Hit[] {
    const wanted = typed.normalize("NFC").toLowerCase().replaceAll(":", "").trim();
    if (!wanted) return [];
    const hits = this.all.flatMap((emoji) => {
      const hit = bestWord(emoji, wanted);
      return hit ? [{ emoji, ...hit }] : [];
    });
    return hits.sort((a, b) => a.rank - b.rank).slice(0, limit);
  }
}

export function toned({ emoji, tones }: Emoji, tone: Tone): string {
  return tones[tone - 1] ?? emoji;
}

/** Return the word by which an emoji fits best, and how well: the lower, the better. */
function bestWord({ shortcodes, english, korean }: Emoji, wanted: string): { word: string; rank: number } | null {
  let best: { word: string; rank: number } | null = null;
  for (const words of [shortcodes, korean, english]) {
    for (const [index, word] of words.entries()) {
      const at = word.toLowerCase().indexOf(wanted);
      if (at < 0) continue;
      const is_whole = at === 0 && word.length === wanted.length;
      // Whole names, then beginnings, then parts; the first name of each kind counts for more.
      const rank = (is_whole ? 0 : at === 0 ? 2 : 4) + (index > 0 ? 1 : 0);
      if (!best || rank < best.rank) best = { word, rank };
    }
  }
  return best;
}
