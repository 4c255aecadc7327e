/**
 * Finds what was typed in a name, as people type in either language: in any case, and in Korean also by the first
 * consonants alone (ㅎㄱ finds 한강) or with a last syllable that is not whole yet (하 and 한 both find 한강).
 */

/** Where the match begins and ends in the name, in UTF-16 units; and how good it is: the smaller, the better. */
export interface Match {
  start: number;
  end: number;
  rank: number;
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const SYLLABLES_PER_INITIAL = 21 * FINALS;
const INITIALS = [..."ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"];
// By the number of a final consonant; two letters where the next syllable may take the second.
const FINAL_LETTERS =
  ",ㄱ,ㄲ,ㄱㅅ,ㄴ,ㄴㅈ,ㄴㅎ,ㄷ,ㄹ,ㄹㄱ,ㄹㅁ,ㄹㅂ,ㄹㅅ,ㄹㅌ,ㄹㅍ,ㄹㅎ,ㅁ,ㅂ,ㅂㅅ,ㅅ,ㅆ,ㅇ,ㅈ,ㅊ,ㅋ,ㅌ,ㅍ,ㅎ".split(",");

export function findMatch(name: string, typed: string): Match | null {
  const wanted = [...fold(typed)];
  if (wanted.length === 0) return null;
  const letters = [...name].map((shown) => ({ shown, folded: fold(shown) }));
  let best: Match | null = null;
  let start = 0;
  for (let at = 0; at < letters.length; at += 1) {
    const length = matchedFrom(letters, at, wanted);
    if (length > 0) {
      const rank = at === 0 ? 0 : isBoundary(letters[at - 1]?.shown ?? "") ? 1 : 2;
      const shown = letters.slice(at, at + length).map((letter) => letter.shown);
      if (!best || rank < best.rank) best = { start, end: start + shown.join("").length, rank };
    }
    start += letters[at]?.shown.length ?? 0;
  }
  return best;
}

/** Tell how many letters of the name match from `at` on; 0 for no match. */
function matchedFrom(letters: { folded: string }[], at: number, wanted: string[]): number {
  for (const [index, letter] of wanted.entries()) {
    const found = letters[at + index]?.folded;
    if (found === undefined) return 0;
    if (found === letter || initialOf(found) === letter) continue;
    const is_last = index === wanted.length - 1;
    if (!is_last || !begins(found, letters[at + index + 1]?.folded, letter)) return 0;
  }
  return wanted.length;
}

/** Tell whether a syllable that is still typed may become `found`, or `found` with the beginning of `next`. */
function begins(found: string, next: string | undefined, typed: string): boolean {
  if (!isSyllable(found) || !isSyllable(typed) || openOf(found) !== openOf(typed)) return false;
  const letters = finalLetters(typed);
  if (finalLetters(found).startsWith(letters)) return true;
  // 한 may be the 하 of 하늘, whose ㄴ goes to the next syllable.
  return next !== undefined && finalLetters(found) + initialOf(next) === letters;
}

/** The syllable without its final consonant. */
function openOf(syllable: string): number {
  return code(syllable) - finalOf(syllable);
}

function finalLetters(syllable: string): string {
  return FINAL_LETTERS[finalOf(syllable)] ?? "";
}

function initialOf(letter: string): string | undefined {
  return isSyllable(letter) ? INITIALS[Math.floor((code(letter) - FIRST_SYLLABLE) / SYLLABLES_PER_INITIAL)] : undefined;
}

function finalOf(syllable: string): number {
  return (code(syllable) - FIRST_SYLLABLE) % FINALS;
}

function isSyllable(letter: string): boolean {
  return code(letter) >= FIRST_SYLLABLE && code(letter) <= LAST_SYLLABLE;
}

function code(letter: string): number {
  return letter.codePointAt(0) ?? 0;
}

function isBoundary(letter: string): boolean {
  return !/[\p{L}\p{N}]/u.test(letter);
}

/** One letter stays one letter, so that places in what is folded are places in what is shown. */
function fold(text: string): string {
  return [...text.normalize("NFC")].map((letter) => [...letter.toLowerCase()][0] ?? letter).join("");
}
