/** Tells whether a text is nothing but one to three emoji: they are shown big. */

const EMOJI = /^\p{RGI_Emoji}$/v;
const MOST = 3;
// The longest emoji has 15 units; a longer text is not looked at.
const UNITS_AT_MOST = 60;
// Most texts are words, and taking one apart costs as much as all else that is done to show it.
const WORDS = /[a-zA-Z가-힣]/;
// Made when there is something to take apart, for it takes a moment.
let letters: Intl.Segmenter | undefined;

export function isFewEmoji(text: string): boolean {
  if (text.length > UNITS_AT_MOST || WORDS.test(text)) return false;
  letters ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const shown = [...letters.segment(text.replace(/\s/g, ""))];
  return shown.length > 0 && shown.length <= MOST && shown.every(({ segment }) => EMOJI.test(segment));
}
