import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { takeOutCode } from "./code";
import { type Block, type Inline, readText } from "./index";

interface Case {
  text: string;
  mentions: string[];
}

const CASES: Case[] = JSON.parse(readFileSync("../tests/chat_service/deciding/rules/code_cases.json", "utf8"));

function mentionsIn(blocks: Block[]): string[] {
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case "paragraph":
      case "heading":
        return inlineMentions(block.children);
      case "quote":
        return mentionsIn(block.children);
      case "list":
        return block.items.flatMap((item) => mentionsIn(item.children));
      case "table":
        return [block.head, ...block.rows].flat().flatMap(inlineMentions);
      default:
        return [];
    }
  });
}

function inlineMentions(inlines: Inline[]): string[] {
  return inlines.flatMap((inline) => {
    if (inline.kind === "person") return [inline.user_id];
    if (inline.kind === "everyone") return [inline.name];
    return "children" in inline ? inlineMentions(inline.children) : [];
  });
}

test.each(CASES)("whom the server finds mentioned is shown as mentioned: $text", ({ text, mentions }) => {
  expect(mentionsIn(readText(text))).toEqual(mentions);
});

test("a block keeps its lines as they are, and the blank ones", () => {
  expect(readText("a\n\n```Python\n\n  x\n\n```\n\nb")).toEqual([
    { kind: "paragraph", children: [{ kind: "text", text: "a" }] },
    { kind: "code", language: "python", text: "\n  x\n" },
    { kind: "paragraph", children: [{ kind: "text", text: "b" }] },
  ]);
});

test("an open fence runs to the end", () => {
  expect(readText("```\nlet\n``")).toEqual([{ kind: "code", language: "", text: "let\n``" }]);
});

test("a span loses one space at each end, and keeps the rest", () => {
  expect(takeOutCode("`` `a` `` and `  `").codes.map(({ text }) => text)).toEqual(["`a`", "  "]);
});

test("a block in a quote or deep in a list is a block without their marks", () => {
  const code = { kind: "code", language: "js", text: "let a\n  b" };
  expect(readText("> ```js\n> let a\n>   b\n> ```")).toEqual([{ kind: "quote", children: [code] }]);
  const list = readText("10. see\n    ```js\n    let a\n      b\n    ```");
  expect(list[0]).toMatchObject({ kind: "list", items: [{ children: [{ kind: "paragraph" }, code] }] });
});
