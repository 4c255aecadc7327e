/**
 * Finds code before anything else, by the rule by which the server finds whom a text mentions: a block runs from a
 * fence at the beginning of a line to the next fence of its kind or to the end; outside blocks, a span runs from a run
 * of backticks to the next run of the same length, whatever stands between. Both are held to
 * tests/chat_service/deciding/rules/code_cases.json.
 */

export interface Code {
  language: string;
  text: string;
}

export interface WithoutCode {
  /** The text with a mark in the place of each piece of code. */
  text: string;
  codes: Code[];
}

/** Marks are made of characters that no message may hold. */
export const SPAN = "\u0001";
export const BLOCK = "\u0003";
export const END = "\u0002";

const CONTROLS = /[^\P{Cc}\t\n]/gu;
const OPENING = /^( {0,3})(`{3,}|~{3,}(?!~))([^`]*)$/;
const RUN_OR_ADDRESS = /`+|<@(?:all|here|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>/g;

export function takeOutCode(source: string): WithoutCode {
  const text = source.replace(/\r\n?/g, "\n").replace(CONTROLS, "");
  const codes: Code[] = [];
  if (!mayHoldCode(text)) return { text, codes };
  const pieces = split(text).map((piece) =>
    piece.fence
      ? `${piece.indent}${mark(BLOCK, codes, readFenced(text.slice(piece.start, piece.end), piece.indent.length))}`
      : takeOutSpans(text.slice(piece.start, piece.end), codes),
  );
  return { text: pieces.join("\n"), codes };
}

/** Return where code begins and ends in a text, its marks with it. */
export function findCode(text: string): { start: number; end: number }[] {
  if (!mayHoldCode(text)) return [];
  return split(text).flatMap((piece) => {
    if (piece.fence) return [piece];
    const spans = findSpans(text.slice(piece.start, piece.end));
    return spans.map(({ start, end }) => ({ start: piece.start + start, end: piece.start + end }));
  });
}

function mayHoldCode(text: string): boolean {
  return text.includes("`") || text.includes("~~~");
}

interface Piece {
  start: number;
  /** Before the line end behind it. */
  end: number;
  indent: string;
  /** Null outside blocks. */
  fence: string | null;
}

/** Split a text into its code blocks and what stands around them, by whole lines. */
function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let open = null as Piece | null;
  let start = 0;
  for (const line of text.split("\n")) {
    const end = start + line.length;
    const opening: RegExpExecArray | null = open?.fence ? null : OPENING.exec(line);
    const fence: string | null = opening?.[2] ?? null;
    if (open === null || fence) {
      open = { start, end, indent: opening?.[1] ?? "", fence };
      pieces.push(open);
    } else open.end = end;
    if (open.fence && !fence && closes(line, open.fence)) open = null;
    start = end + 1;
  }
  return pieces;
}

function closes(line: string, fence: string): boolean {
  const start = line.search(/[^ ]/);
  return start >= 0 && start <= 3 && line.startsWith(fence, start) && /^[ `~]*$/.test(line.slice(start));
}

function readFenced(block: string, indent: number): Code {
  const [first = "", ...lines] = block.split("\n");
  const [, , fence = "", info = ""] = OPENING.exec(first) ?? [];
  if (closes(lines.at(-1) ?? "", fence)) lines.pop();
  return { language: languageOf(info), text: lines.map((line) => withoutIndent(line, indent)).join("\n") };
}

function languageOf(info: string): string {
  return /^\s*([^\s{]*)/.exec(info)?.[1]?.toLowerCase() ?? "";
}

function mark(kind: string, codes: Code[], code: Code): string {
  codes.push(code);
  return `${kind}${codes.length - 1}${END}`;
}

interface Span {
  start: number;
  end: number;
  run: string;
}

/** Find the code spans outside blocks. A mention between backticks opens none and is passed over in one. */
function findSpans(piece: string): Span[] {
  if (!piece.includes("`")) return [];
  const marks = [...piece.matchAll(RUN_OR_ADDRESS)].map((match) => ({ run: match[0], start: match.index }));
  const last = new Map(marks.map(({ run }, index) => [run, index]));
  const spans: Span[] = [];
  for (let index = 0; index < marks.length; index += 1) {
    const opening = marks[index];
    if (!opening?.run.startsWith("`") || (last.get(opening.run) ?? 0) <= index) continue;
    do index += 1;
    while (marks[index]?.run !== opening.run);
    spans.push({ start: opening.start, end: (marks[index]?.start ?? 0) + opening.run.length, run: opening.run });
  }
  return spans;
}

function takeOutSpans(piece: string, codes: Code[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, run } of findSpans(piece)) {
    const content = piece.slice(start + run.length, end - run.length);
    const block = run.length >= 3 && content.includes("\n") ? readBlock(piece, start, content) : null;
    const is_block = block !== null && restOfLine(piece, end).trim() === "";
    result += piece.slice(done, start);
    result += is_block ? mark(BLOCK, codes, block) : mark(SPAN, codes, { language: "", text: withoutPadding(content) });
    done = end;
  }
  return result + piece.slice(done);
}

const PREFIX = /^[ \t]*(?:(?:>|[-*+] |\d{1,3}[.)] )[ \t]*)*$/;

/** Read a block in a quote or deep in a list, which to the server is a span of three backticks and more. */
function readBlock(piece: string, start: number, content: string): Code | null {
  const prefix = piece.slice(piece.lastIndexOf("\n", start) + 1, start);
  if (prefix.length > 40 || !PREFIX.test(prefix)) return null;
  const quotes = prefix.split(">").length - 1;
  const indent = prefix.slice(prefix.lastIndexOf(">") + 1).length - (quotes > 0 ? 1 : 0);
  const [info = "", ...lines] = content.split("\n");
  const inner = lines.map((line) => withoutIndent(withoutQuotes(line, quotes), Math.max(0, indent)));
  return inner.pop()?.trim() === "" ? { language: languageOf(info), text: inner.join("\n") } : null;
}

function restOfLine(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end);
}

function withoutQuotes(line: string, quotes: number): string {
  let rest = line;
  for (let level = 0; level < quotes; level += 1) rest = rest.replace(/^ {0,3}> ?/, "");
  return rest;
}

function withoutIndent(line: string, indent: number): string {
  const start = line.search(/[^ ]/);
  return line.slice(Math.min(indent, start < 0 ? line.length : start));
}

/** One space beside each mark belongs to the marks, so that code can begin with a backtick. */
function withoutPadding(text: string): string {
  return text.startsWith(" ") && text.endsWith(" ") && text.trim() !== "" ? text.slice(1, -1) : text;
}
