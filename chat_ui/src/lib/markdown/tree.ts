/** What a message's text consists of. Nothing in it is HTML, and no address in it is of an unsafe scheme. */

export type Inline =
  | { kind: "text" | "code"; text: string }
  | { kind: "strong" | "emphasis" | "strike"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] }
  | { kind: "person"; user_id: string }
  | { kind: "everyone"; name: "all" | "here" }
  | { kind: "room"; room_id: string }
  | { kind: "shortcode"; name: string };

export interface Item {
  /** Whether its box is ticked; null for an item that is no task. */
  checked: boolean | null;
  children: Block[];
}

export type Alignment = "left" | "center" | "right" | null;

export type Block =
  | { kind: "paragraph" | "heading"; children: Inline[] }
  | { kind: "quote"; children: Block[] }
  | { kind: "list"; start: number | null; items: Item[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "table"; alignments: Alignment[]; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };
