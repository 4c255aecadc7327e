/** Reads what stands within a line: emphasis, links, code, mentions. Each character is looked at a bounded number of times. */
import { type Code, END, SPAN } from "./code";
import { type Delimiter, makeDelimiter, pairDelimiters } from "./emphasis";
import { readTarget, safeAddress, withoutTrail } from "./links";
import type { Inline } from "./tree";

const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const TOKEN = new RegExp(
  [
    `<@(?<person>${UUID})>`,
    "<@(?<everyone>all|here)>",
    `<#(?<room>${UUID})>`,
    "<(?<angled>(?:https?://|mailto:)[^\\s<>\\p{Cc}]+)>",
    "\\\\(?!<[@#])(?<escaped>[!-/:-@[-`{-~])",
    `${SPAN}(?<code>\\d+)${END}`,
    "(?<run>\\*+|_+|~+)",
    "(?<opening>!?\\[)",
    "(?<closing>\\])",
    "(?<![A-Za-z0-9])(?<url>(?:https?://|www\\.)(?:(?!\\]\\()[^\\s<>\"'`\\p{Cc}])+)",
    "(?<![\\w.+-])(?<mail>[\\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8})(?![\\w@-])",
    "(?<![\\p{L}\\p{N}:]):(?<shortcode>[a-z0-9_+-]{1,40}):",
  ].join("|"),
  "gu",
);
// Deeper nesting shows its text without further marks: a text cannot make the page's tree as deep as it is long.
const DEPTH_AT_MOST = 12;

type Node = Inline | { kind: "delimiter"; run: Delimiter } | { kind: "open"; href: string } | { kind: "close" };

interface Bracket {
  /** Its place among the nodes. */
  node: number;
  /** How many delimiters stand before it: emphasis does not reach over the edge of a link. */
  delimiters: number;
}

export function readInlines(text: string, codes: Code[]): Inline[] {
  const nodes: Node[] = [];
  const delimiters: Delimiter[] = [];
  let brackets: Bracket[] = [];
  let end = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const groups = match.groups ?? {};
    if (match.index > end) nodes.push({ kind: "text", text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    if (groups.run) {
      const run = makeDelimiter(groups.run, text, match.index);
      delimiters.push(run);
      nodes.push({ kind: "delimiter", run });
    } else if (groups.opening) {
      brackets.push({ node: nodes.length, delimiters: delimiters.length });
      nodes.push({ kind: "text", text: groups.opening });
    } else if (groups.closing) {
      const bracket = brackets.pop();
      const target = bracket && readTarget(text, end);
      const href = target && safeAddress(target.address);
      if (bracket && href && target) {
        pairDelimiters(delimiters, bracket.delimiters);
        unlink(nodes, bracket.node + 1);
        nodes[bracket.node] = { kind: "open", href };
        nodes.push({ kind: "close" });
        end = target.end;
        // No link stands within another.
        brackets = [];
      } else nodes.push({ kind: "text", text: "]" });
    } else if (groups.url) {
      const url = withoutTrail(groups.url);
      const href = /^(?:https?:\/\/|www\.)[^\s.]/i.test(url) ? safeAddress(url) : null;
      const shown: Inline = { kind: "text", text: url || groups.url };
      nodes.push(href ? { kind: "link", href, children: [shown] } : shown);
      end = match.index + shown.text.length;
    } else nodes.push(readToken(groups, codes, match[0]));
    TOKEN.lastIndex = end;
  }
  if (end < text.length) nodes.push({ kind: "text", text: text.slice(end) });
  pairDelimiters(delimiters, 0);
  return build(nodes);
}

function readToken(groups: Record<string, string | undefined>, codes: Code[], whole: string): Inline {
  if (groups.person) return { kind: "person", user_id: groups.person };
  if (groups.everyone) return { kind: "everyone", name: groups.everyone as "all" | "here" };
  if (groups.room) return { kind: "room", room_id: groups.room };
  if (groups.shortcode) return { kind: "shortcode", name: groups.shortcode };
  if (groups.code) return { kind: "code", text: codes[Number(groups.code)]?.text ?? "" };
  if (groups.escaped) return { kind: "text", text: groups.escaped };
  const address = groups.angled ?? `mailto:${groups.mail}`;
  const href = safeAddress(address);
  const shown: Inline = { kind: "text", text: groups.angled ?? groups.mail ?? "" };
  return href ? { kind: "link", href, children: [shown] } : { kind: "text", text: whole };
}

/** What would be a link by itself is only text within one. */
function unlink(nodes: Node[], start: number): void {
  for (let index = start; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node?.kind === "link") nodes[index] = node.children[0] ?? { kind: "text", text: "" };
  }
}

/** Make a tree of the nodes: pairs of marks are nested properly by now. */
function build(nodes: Node[]): Inline[] {
  const root: Inline[] = [];
  const stack: Inline[][] = [root];
  const add = (inline: Inline) => {
    const siblings = stack.at(-1) ?? root;
    const before = siblings.at(-1);
    if (inline.kind === "text" && before?.kind === "text") before.text += inline.text;
    else siblings.push(inline.kind === "text" ? { ...inline } : inline);
  };
  const open = (make: (children: Inline[]) => Inline) => {
    if (stack.length > DEPTH_AT_MOST) return stack.push(stack.at(-1) ?? root);
    const children: Inline[] = [];
    add(make(children));
    return stack.push(children);
  };
  for (const node of nodes) {
    if (node.kind === "open") open((children) => ({ kind: "link", href: node.href, children }));
    else if (node.kind === "close") stack.pop();
    else if (node.kind === "delimiter") {
      for (let count = node.run.closes; count > 0; count -= 1) stack.pop();
      if (node.run.count > 0) add({ kind: "text", text: node.run.letter.repeat(node.run.count) });
      for (const kind of node.run.opens.toReversed()) open((children) => ({ kind, children }));
    } else add(node);
  }
  return root;
}
