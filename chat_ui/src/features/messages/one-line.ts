/** The beginning of a text on one line, without the marks around code. */

const SHOWN_CHARACTERS = 160;
const MARKS = /```[\w+#.-]*\n?|`/g;

export function oneLine(text: string): string {
  return text
    .slice(0, 2 * SHOWN_CHARACTERS)
    .replace(MARKS, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, SHOWN_CHARACTERS);
}
