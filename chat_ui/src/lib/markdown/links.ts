/** Which addresses are links, and where they end in a text. */

const SCHEMES = new Set(["http:", "https:", "mailto:"]);
// No address needs more; it also keeps the search for an end short.
const BRACKETS_AT_MOST = 8;

/** Return the address as a link may carry it, or null for one of another scheme. */
export function safeAddress(address: string): string | null {
  const full = /^www\./i.test(address) ? `https://${address}` : address;
  if (!/^(?:https?:\/\/|mailto:)[^\s]/i.test(full)) return null;
  try {
    return SCHEMES.has(new URL(full).protocol) ? full : null;
  } catch {
    return null; // not an address at all, such as https://[
  }
}

const TRAIL = new Set(".,;:!?…。*_~");

/** A sentence's full stop, or the bracket around a link, is not part of it. Each character is looked at once. */
export function withoutTrail(link: string): string {
  let opened = 0;
  for (const letter of link) opened += letter === "(" ? 1 : letter === ")" ? -1 : 0;
  let end = link.length;
  while (end > 0) {
    const letter = link[end - 1] ?? "";
    if (letter === ")" && opened < 0) opened += 1;
    else if (!TRAIL.has(letter)) break;
    end -= 1;
  }
  return link.slice(0, end);
}

/** Read `(address "title")` at `start`; returns the address and where the bracket's end is, or null. */
export function readTarget(text: string, start: number): { address: string; end: number } | null {
  if (text[start] !== "(") return null;
  const begins = skipSpace(text, start + 1);
  const found = text[begins] === "<" ? readAngled(text, begins) : readBare(text, begins);
  if (!found) return null;
  let end = skipSpace(text, found.end);
  if (end > found.end && text[end] !== ")") {
    TITLE.lastIndex = end;
    const title = TITLE.exec(text);
    if (!title) return null;
    end = skipSpace(text, TITLE.lastIndex);
  }
  if (text[end] !== ")") return null;
  return { address: found.address.replace(/\\([!-/:-@[-`{-~])/g, "$1"), end: end + 1 };
}

// A mention counts wherever it stands outside code, so nothing that is not shown may hold one.
const TITLE = /"[^"<\n]{0,300}"|'[^'<\n]{0,300}'/y;

function skipSpace(text: string, start: number): number {
  let end = start;
  while (text[end] === " " || text[end] === "\n") end += 1;
  return end;
}

function readAngled(text: string, start: number): { address: string; end: number } | null {
  let end = start + 1;
  while (end < text.length && !"<>\n".includes(text[end] ?? "")) end += 1;
  return text[end] === ">" ? { address: text.slice(start + 1, end), end: end + 1 } : null;
}

const PLAIN = /(?:[^\s\p{Cc}<>()\\]|\\[!-/:-@[-`{-~]?)+/uy;

function readBare(text: string, start: number): { address: string; end: number } | null {
  let depth = 0;
  let end = start;
  for (;;) {
    PLAIN.lastIndex = end;
    if (PLAIN.test(text)) end = PLAIN.lastIndex;
    if (text[end] === "(") depth += 1;
    else if (text[end] === ")" && depth > 0) depth -= 1;
    else break;
    end += 1;
    if (depth > BRACKETS_AT_MOST) return null;
  }
  return end > start && depth === 0 ? { address: text.slice(start, end), end } : null;
}
