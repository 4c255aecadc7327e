/** The beginning of a text on one line, without the marks of its Markdown. */
import { plainText } from "./markdown";

const SHOWN_CHARACTERS = 160;

export function oneLine(text: string, most = SHOWN_CHARACTERS): string {
  return plainText(text.slice(0, 2 * most))
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, most);
}
