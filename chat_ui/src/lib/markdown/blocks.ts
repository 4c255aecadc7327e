/** Reads a message's text: what is code first, then its blocks, then what stands within their lines. */
import { BLOCK, type Code, END, takeOutCode } from "./code";
import { readInlines } from "./inlines";
import type { Alignment, Block, Item } from "./tree";

// Quotes and lists nest no deeper; their marks beyond are shown as they were typed.
const DEPTH_AT_MOST = 8;
const COLUMNS_AT_MOST = 64;

const HEADING = /^ {0,3}#{1,6}[ \t]+(?=\S)/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
// More than three digits are a year: "2026. 11. 27." is a date.
const ITEM = /^( {0,3})([-*+]|(\d{1,3})[.)])([ \t]+)(?=\S)/;
const TASK = /^\[([ xX])\][ \t]+(?=\S)/;
const CODE = new RegExp(`^[ \\t]*${BLOCK}(\\d+)${END}[ \\t]*$`);
const DELIMITER = /^[ \t]*:?-+:?[ \t]*$/;

export function readText(source: string): Block[] {
  const { text, codes } = takeOutCode(source);
  return readBlocks(text.split("\n"), { codes, depth: 0 });
}

interface Place {
  codes: Code[];
  depth: number;
  /** Whether the first line stands behind the mark of an item: "11. 27. 회의" is one item of a list, and a date. */
  in_item?: boolean;
}

function readBlocks(lines: string[], place: Place): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    if (paragraph.length === 0) return;
    blocks.push({ kind: "paragraph", children: readInlines(paragraph.join("\n"), place.codes) });
    paragraph = [];
  };
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const found = line.trim() === "" ? null : readBlock(lines, index, { ...place, follows: paragraph.length > 0 });
    if (found || line.trim() === "") endParagraph();
    else paragraph.push(line.trimEnd());
    if (found) blocks.push(found.block);
    index = found ? found.end : index + 1;
  }
  endParagraph();
  return blocks;
}

interface Found {
  block: Block;
  end: number;
}

/** Return the block that begins at this line, unless it is a line of a paragraph. */
function readBlock(lines: string[], index: number, place: Place & { follows: boolean }): Found | null {
  const { codes, depth } = place;
  const line = lines[index] ?? "";
  const code = codes[Number(CODE.exec(line)?.[1] ?? -1)];
  if (code) return { block: { kind: "code", ...code }, end: index + 1 };
  if (HEADING.test(line)) {
    const title = withoutMarks(line.replace(HEADING, ""));
    return { block: { kind: "heading", children: readInlines(title, codes) }, end: index + 1 };
  }
  if (RULE.test(line)) return { block: { kind: "rule" }, end: index + 1 };
  if (depth < DEPTH_AT_MOST && QUOTE.test(line)) return readQuote(lines, index, place);
  if (depth < DEPTH_AT_MOST && beginsList(line, index, place)) return readList(lines, index, place);
  return readTable(lines, index, codes);
}

/** A quote ends with the last line that has its mark: what one writes below it is one's own. */
function readQuote(lines: string[], index: number, { codes, depth }: Place): Found {
  let end = index;
  while (QUOTE.test(lines[end] ?? "")) end += 1;
  const inside = lines.slice(index, end).map((line) => line.replace(QUOTE, ""));
  return { block: { kind: "quote", children: readBlocks(inside, { codes, depth: depth + 1 }) }, end };
}

function beginsList(line: string, index: number, { in_item, follows }: Place & { follows: boolean }): boolean {
  const number = ITEM.exec(line)?.[3];
  if (number === undefined) return ITEM.test(line);
  return !(in_item && index === 0) && (!follows || Number(number) === 1);
}

function readList(lines: string[], index: number, place: Place): Found {
  const [, base = "", mark = "", number] = ITEM.exec(lines[index] ?? "") ?? [];
  const sign = mark.at(-1);
  const items: Item[] = [];
  let inside: string[] = [];
  let width = 0;
  const endItem = () => {
    if (inside.length > 0) items.push(readItem(inside, place));
    inside = [];
  };
  let end = index;
  for (;;) {
    // Blank lines belong to the list only if it goes on behind them.
    let next = end;
    while (next < lines.length && lines[next]?.trim() === "") next += 1;
    const line = lines[next] ?? "";
    const indent = indentOf(line);
    const item = indent < base.length + 2 ? ITEM.exec(line) : null;
    const is_next = item?.[2]?.at(-1) === sign && !RULE.test(line);
    if (!is_next && (next >= lines.length || items.length + inside.length === 0 || indent < base.length + 2)) break;
    if (is_next) {
      endItem();
      width = item?.[0].length ?? 0;
      inside.push(line.slice(width));
    } else {
      for (; end < next; end += 1) inside.push("");
      inside.push(line.slice(Math.min(width, line.search(/[^ \t]/))));
    }
    end = next + 1;
  }
  endItem();
  return { block: { kind: "list", start: number === undefined ? null : Number(number), items }, end };
}

function readItem([first = "", ...rest]: string[], { codes, depth }: Place): Item {
  const task = TASK.exec(first);
  const children = readBlocks([first.replace(TASK, ""), ...rest], { codes, depth: depth + 1, in_item: true });
  return { checked: task ? task[1] !== " " : null, children };
}

function indentOf(line: string): number {
  let width = 0;
  for (const letter of line) {
    if (letter !== " " && letter !== "\t") break;
    width += letter === "\t" ? 4 : 1;
  }
  return width;
}

function readTable(lines: string[], index: number, codes: Code[]): Found | null {
  const [head = "", below = ""] = lines.slice(index, index + 2);
  if (!head.includes("|") || !below.includes("|") || !isDelimiterRow(below)) return null;
  const titles = splitRow(head);
  const alignments = splitRow(below).map(readAlignment);
  if (titles.length !== alignments.length || titles.length > COLUMNS_AT_MOST) return null;
  const read = (cells: string[]) => cells.map((cell) => readInlines(cell, codes));
  const rows = [];
  let end = index + 2;
  for (; (lines[end] ?? "").trim() !== "" && !CODE.test(lines[end] ?? ""); end += 1) {
    const cells = splitRow(lines[end] ?? "");
    // What is too much for the columns stays in the last: nothing that was written goes unseen.
    const last = cells.slice(titles.length - 1).join(" | ");
    rows.push(read(cells.length > titles.length ? [...cells.slice(0, titles.length - 1), last] : cells));
  }
  return { block: { kind: "table", alignments, head: read(titles), rows }, end };
}

function splitRow(line: string): string[] {
  const trimmed = line.trim().replace(/^\|/, "");
  const cells = trimmed.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  if (cells.length > 1 && cells.at(-1) === "") cells.pop();
  return cells;
}

function readAlignment(cell: string): Alignment {
  if (cell.startsWith(":") && cell.endsWith(":")) return "center";
  return cell.endsWith(":") ? "right" : cell.startsWith(":") ? "left" : null;
}

/** Take away the marks that may close a heading, behind a space. */
function withoutMarks(title: string): string {
  const text = title.trimEnd();
  let end = text.length;
  while (text[end - 1] === "#") end -= 1;
  if (end === text.length) return text;
  return end === 0 || /[ \t]/.test(text[end - 1] ?? "") ? text.slice(0, end).trimEnd() : text;
}

/** Cell by cell, which costs the same however many spaces there are. */
function isDelimiterRow(line: string): boolean {
  if (!/^ {0,3}\S/.test(line)) return false;
  const cells = line.trim().split("|");
  if (cells[0] === "") cells.shift();
  if (cells.at(-1) === "") cells.pop();
  return cells.length > 0 && cells.every((cell) => DELIMITER.test(cell));
}
