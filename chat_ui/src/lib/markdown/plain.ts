/** The words of a text without the marks of its Markdown, for where it stands on one line. */
import { readText } from "./blocks";
import type { Block, Inline } from "./tree";

// Without any of these a text has no marks; most have none.
const MARKS = /[*_~`\\<>|[\]#]|^\s*(?:[-+]|\d+[.)])\s|^\s*[-=]{2,}\s*$/m;

/** Return the words; what no mark stands in is returned as it is. */
export function plainText(text: string): string {
  return MARKS.test(text) ? wordsOf(readText(text)) : text;
}

function wordsOf(blocks: readonly Block[]): string {
  return blocks.map(wordsOfBlock).join("\n");
}

function wordsOfBlock(block: Block): string {
  switch (block.kind) {
    case "paragraph":
    case "heading":
      return wordsIn(block.children);
    case "quote":
      return wordsOf(block.children);
    case "list":
      return block.items.map(({ children }) => wordsOf(children)).join(", ");
    case "code":
      return block.text;
    case "table":
      return [block.head, ...block.rows].map((cells) => cells.map(wordsIn).join(" ")).join(", ");
    case "rule":
      return "";
  }
}

function wordsIn(inlines: readonly Inline[]): string {
  return inlines.map(wordsOfInline).join("");
}

function wordsOfInline(inline: Inline): string {
  switch (inline.kind) {
    case "text":
    case "code":
      return inline.text;
    case "strong":
    case "emphasis":
    case "strike":
    case "link":
      return wordsIn(inline.children);
    case "person":
      return `<@${inline.user_id}>`;
    case "everyone":
      return `@${inline.name}`;
    case "room":
      return `<#${inline.room_id}>`;
    case "shortcode":
      return `:${inline.name}:`;
  }
}
