/** Pairs runs of `*`, `_` and `~` as CommonMark and GFM do, in linear time. */

export interface Delimiter {
  letter: string;
  /** How many of its letters are in no pair: they are shown. */
  count: number;
  length: number;
  can_open: boolean;
  can_close: boolean;
  /** What it opens, from the inside outwards. */
  opens: ("strong" | "emphasis" | "strike")[];
  /** How many pairs it closes. */
  closes: number;
}

const SPACE = /^\s?$/;
const PUNCTUATION = /^[\p{P}\p{S}]$/u;
// These scripts set particles and words beside a mark without a space: **"인용"**은.
const UNSPACED = /^[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

export function makeDelimiter(run: string, text: string, start: number): Delimiter {
  const letter = run[0] ?? "";
  const before = letterBefore(text, start);
  const after = letterAt(text, start + run.length);
  const left = isFlanking(after, before, letter);
  const right = isFlanking(before, after, letter);
  const within = letter === "_";
  return {
    letter,
    count: run.length,
    length: run.length,
    can_open: left && (!within || !right || PUNCTUATION.test(before)) && (letter !== "~" || run.length <= 2),
    can_close: right && (!within || !left || PUNCTUATION.test(after)) && (letter !== "~" || run.length <= 2),
    opens: [],
    closes: 0,
  };
}

/** Tell whether a run leans on the letter `inside`, with `outside` on its other side. */
function isFlanking(inside: string, outside: string, letter: string): boolean {
  if (SPACE.test(inside)) return false;
  if (!PUNCTUATION.test(inside)) return true;
  return SPACE.test(outside) || PUNCTUATION.test(outside) || (letter !== "_" && UNSPACED.test(outside));
}

/** Pair the delimiters from `bottom` on, and take them from the list. */
export function pairDelimiters(delimiters: Delimiter[], bottom: number): void {
  const open: { run: Delimiter; index: number }[] = [];
  // Behind which index an opening run for such a closing one may still be: no run is looked at in vain twice.
  const bottoms = new Map<string, number>();
  for (let index = bottom; index < delimiters.length; index += 1) {
    const run = delimiters[index];
    if (!run) break;
    while (run.can_close && run.count > 0) {
      const key = `${run.letter}${run.can_open}${run.letter === "~" ? run.length : run.length % 3}`;
      const floor = bottoms.get(key) ?? -1;
      let found = open.length - 1;
      while (found >= 0 && (open[found]?.index ?? 0) > floor && !matches(open[found]?.run, run)) found -= 1;
      const opener = open[found];
      if (!opener || opener.index <= floor) {
        bottoms.set(key, index - 1);
        break;
      }
      open.length = found + 1;
      pair(opener.run, run);
      if (opener.run.count === 0) open.pop();
    }
    if (run.can_open && run.count > 0) open.push({ run, index });
  }
  delimiters.length = bottom;
}

function matches(opener: Delimiter | undefined, closer: Delimiter): boolean {
  if (opener?.letter !== closer.letter) return false;
  if (closer.letter === "~") return opener.length === closer.length;
  const both = opener.can_close || closer.can_open;
  return !both || (opener.length + closer.length) % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0);
}

function pair(opener: Delimiter, closer: Delimiter): void {
  const used = closer.letter === "~" ? closer.length : Math.min(2, opener.count, closer.count);
  opener.opens.push(closer.letter === "~" ? "strike" : used === 2 ? "strong" : "emphasis");
  closer.closes += 1;
  opener.count -= used;
  closer.count -= used;
}

function letterAt(text: string, index: number): string {
  const code = text.codePointAt(index);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function letterBefore(text: string, index: number): string {
  const before = text.charCodeAt(index - 1);
  return before >= 0xdc00 && before <= 0xdfff ? letterAt(text, index - 2) : text.charAt(index - 1);
}
