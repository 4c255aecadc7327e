/** Turns names as people type them into the ids that the protocol carries; a later renaming breaks nothing. */
import { findCode } from "@/lib/markdown";
import type { User } from "@/lib/protocol";

/** Who is meant by which username: those picked in the composer go before those merely known. */
export type Names = Record<string, string>;

const EVERYONE: Names = { all: "all", here: "here" };

export function namesOf(users: User[]): Names {
  return Object.fromEntries(users.map((user) => [user.username.toLowerCase(), user.id]));
}

/** Return the text as it is sent; code is left as it was typed, for nobody is mentioned in it. */
export function encodeMentions(text: string, { picked, known }: { picked: Names; known: Names }): string {
  const names = { ...known, ...EVERYONE, ...picked };
  const longest_first = Object.keys(names).sort((a, b) => b.length - a.length);
  const nameAt = (part: string, start: number) => {
    const rest = part.slice(start, start + 80).toLowerCase();
    return longest_first.find((name) => rest.startsWith(name) && endsThere(rest, name, name in picked));
  };
  let encoded = "";
  let done = 0;
  for (const code of findCode(text)) {
    encoded += encodePart(text.slice(done, code.start), names, nameAt) + text.slice(code.start, code.end);
    done = code.end;
  }
  return encoded + encodePart(text.slice(done), names, nameAt);
}

/** Return a text as one would type it again, and who is meant by which name in it. */
export function decodeMentions(text: string, users: Record<string, User>): { text: string; picked: Names } {
  const picked: Names = {};
  const typed = text.replace(/<@([0-9a-f-]{36}|all|here)>/g, (encoded, id: string) => {
    if (id in EVERYONE) return `@${id}`;
    const user = users[id];
    // Somebody unknown stays as they are.
    if (!user) return encoded;
    picked[user.username.toLowerCase()] = id;
    return `@${user.username}`;
  });
  return { text: typed, picked };
}

/** Return what is being typed behind an @ at the cursor, or null. */
export function typedMention(text: string, cursor: number): { start: number; q: string } | null {
  const match = /(?:^|[\s([{"'])@([^\s@<>]{0,40})$/.exec(text.slice(0, cursor));
  return match ? { start: cursor - (match[1] ?? "").length - 1, q: match[1] ?? "" } : null;
}

function encodePart(text: string, names: Names, nameAt: (part: string, start: number) => string | undefined): string {
  let encoded = "";
  let index = 0;
  while (index < text.length) {
    const name = text[index] === "@" && !isInsideWord(text[index - 1]) ? nameAt(text, index + 1) : undefined;
    encoded += name ? `<@${names[name]}>` : text[index];
    index += name ? name.length + 1 : 1;
  }
  return encoded;
}

/**
 * Tell whether a name ends where it should. A particle may follow at once, as in @bob님: behind a Latin name that is
 * plain to see, behind a Hangul one only if it was picked, for @민지수 may be somebody else than @민지.
 */
function endsThere(rest: string, name: string, is_picked: boolean): boolean {
  const next = rest[name.length] ?? "";
  const is_latin = /[a-z0-9._-]$/.test(name);
  return is_latin ? !/[a-z0-9_-]/.test(next) : is_picked || !/[\p{L}\p{N}]/u.test(next);
}

/** An @ inside a word is an address, and one behind < is encoded already. */
function isInsideWord(letter: string | undefined): boolean {
  return letter !== undefined && /[\p{L}\p{N}_<]/u.test(letter);
}
