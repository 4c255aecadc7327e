/** What a message's text may hold, and how much of it. */

export const TEXT_LENGTH = 8_000;
/** What comes along when the output of a terminal is pasted: nobody sees it, and the server refuses it. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

export function cleaned(text: string): string {
  return text.normalize("NFC").replace(CONTROLS, "").trim();
}

// From here on one is told how much is left.
const TOLD_FROM = 0.9 * TEXT_LENGTH;

/** Return how many characters are too many; a text that is far from the limit is not encoded for it. */
export function excessOf(text: string, encoded: () => string): number {
  return text.length > TEXT_LENGTH / 2 ? [...encoded()].length - TEXT_LENGTH : 0;
}

/** Return how many characters are left, near the limit; null far from it and beyond it. */
export function leftOf(text: string, excess: number): number | null {
  return text.length > TEXT_LENGTH / 2 && excess <= 0 && TEXT_LENGTH + excess >= TOLD_FROM ? -excess : null;
}
