/** The beginning of a text on one line, without the marks around code. */

const SHOWN_CHARACTERS = 160;
const MARKS = /```[\w+#.-]*\n?|`/g;

export function oneLine(text: string, most = SHOWN_CHARACTERS): string {
  return text
    .slice(0, 2 * most)
    .replace(MARKS, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, most);
}
