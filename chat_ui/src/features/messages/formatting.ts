/** What the buttons of the format row do to the text around the cursor; a second press takes it back. */
import { IS_MAC } from "@/lib/platform";
import type { Change } from "@/lib/type-into";

export interface Selected {
  text: string;
  start: number;
  end: number;
}

export const FORMATS = ["bold", "italic", "strike", "code", "link", "list", "numbers", "quote", "code_block"] as const;
export type Format = (typeof FORMATS)[number];

const MARKS = { bold: "**", italic: "_", strike: "~~", code: "`" };
const PREFIXES = { list: /^[-*+] /, numbers: /^\d{1,3}[.)] /, quote: /^> ?/ };
const PLACE_OF_ADDRESS = "https://";

export function format(kind: Format, selected: Selected): Change {
  switch (kind) {
    case "link":
      return link(selected);
    case "code_block":
      return block(selected);
    case "list":
    case "numbers":
    case "quote":
      return prefixLines(kind, selected);
    default:
      return wrap(MARKS[kind], selected);
  }
}

/** Return the format that a key asks for; the key and not its letter, which is another one on a Hangul layout. */
export function formatOfKey(event: {
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}) {
  // On a Mac Ctrl moves in the text.
  if (!(IS_MAC ? event.metaKey : event.ctrlKey) || event.altKey) return null;
  const keys: Record<string, Format> = event.shiftKey
    ? { KeyX: "strike", Digit7: "numbers", Digit8: "list", Digit9: "quote" }
    : { KeyB: "bold", KeyI: "italic", KeyE: "code" };
  return keys[event.code] ?? null;
}

function wrap(mark: string, { text, start, end }: Selected): Change {
  const size = mark.length;
  const inside = text.slice(start, end);
  if (text.slice(start - size, start) === mark && text.slice(end, end + size) === mark) {
    return { start: start - size, end: end + size, insert: inside, select: [start - size, end - size] };
  }
  if (inside.length >= 2 * size && inside.startsWith(mark) && inside.endsWith(mark)) {
    const bare = inside.slice(size, -size);
    return { start, end, insert: bare, select: [start, start + bare.length] };
  }
  // A mark leans on a letter: spaces at the edges stay outside.
  const before = inside.length - inside.trimStart().length;
  const core = inside.trim();
  const rest = inside.slice(before + core.length);
  const from = start + before + size;
  const insert = inside.slice(0, before) + mark + core + mark + rest;
  return core || !inside
    ? { start, end, insert, select: [from, from + core.length] }
    : { start, end, insert: inside, select: [start, end] };
}

function prefixLines(kind: keyof typeof PREFIXES, { text, start, end }: Selected): Change {
  const first = text.lastIndexOf("\n", start - 1) + 1;
  const next = text.indexOf("\n", end);
  const last = next < 0 ? text.length : next;
  const lines = text.slice(first, last).split("\n");
  const is_on = lines.every((line) => PREFIXES[kind].test(line));
  const bare = lines.map((line) => Object.values(PREFIXES).reduce((rest, prefix) => rest.replace(prefix, ""), line));
  const sign = (index: number) => (kind === "quote" ? "> " : kind === "list" ? "- " : `${index + 1}. `);
  const insert = bare.map((line, index) => (is_on ? line : sign(index) + line)).join("\n");
  return { start: first, end: last, insert, select: [first + insert.length, first + insert.length] };
}

function block({ text, start, end }: Selected): Change {
  const before = start === 0 || text[start - 1] === "\n" ? "" : "\n";
  const after = end === text.length || text[end] === "\n" ? "" : "\n";
  const inside = text.slice(start, end);
  const from = start + before.length + 4;
  return {
    start,
    end,
    insert: `${before}\`\`\`\n${inside}\n\`\`\`${after}`,
    select: [from, from + inside.length],
  };
}

function link({ text, start, end }: Selected): Change {
  const inside = text.slice(start, end);
  const is_address = /^https?:\/\/\S+$/.test(inside);
  const insert = is_address ? `[](${inside})` : `[${inside}](${PLACE_OF_ADDRESS})`;
  const address = start + inside.length + 3;
  const select: [number, number] =
    is_address || !inside ? [start + 1, start + 1] : [address, address + PLACE_OF_ADDRESS.length];
  return { start, end, insert, select };
}
