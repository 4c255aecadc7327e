/** Splits a message's text into what is shown apart: code, links and the people it addresses. */

export type Part =
  | { kind: "text" | "code" | "block" | "link"; text: string }
  | { kind: "person"; user_id: string }
  | { kind: "everyone"; name: "all" | "here" };

const TOKEN = new RegExp(
  [
    "```(?<block>[\\s\\S]+?)```",
    "`(?<code>[^`\\n]+)`",
    "<@(?<person>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>",
    "<@(?<everyone>all|here)>",
    "(?<link>https?://[^\\s<>\"'`]+)",
  ].join("|"),
  "g",
);

export function parseText(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const part = readToken(match.groups ?? {});
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push(part);
    end = match.index + (part.kind === "link" ? part.text.length : match[0].length);
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

function readToken({ block, code, person, everyone, link }: Record<string, string | undefined>): Part {
  if (block !== undefined) return { kind: "block", text: withoutFrame(block) };
  if (code !== undefined) return { kind: "code", text: code };
  if (person !== undefined) return { kind: "person", user_id: person };
  if (everyone !== undefined) return { kind: "everyone", name: everyone as "all" | "here" };
  return { kind: "link", text: withoutTrail(link ?? "") };
}

/** The word behind the opening fence names the language; it and the fences' own lines are not code. */
function withoutFrame(block: string): string {
  return block.replace(/^[\w+#.-]*\n(?=[\s\S]*\S)/, "").replace(/\n$/, "");
}

const TRAIL = new Set(".,;:!?…。");

/** A sentence's full stop, or the bracket around a link, is not part of it. Each character is looked at once. */
function withoutTrail(link: string): string {
  const opened = link.includes("(");
  let end = link.length;
  while (end > 0 && (TRAIL.has(link[end - 1] ?? "") || (link[end - 1] === ")" && !opened))) end -= 1;
  return link.slice(0, end);
}
