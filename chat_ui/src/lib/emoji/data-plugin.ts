/** Makes the module `virtual:emoji` while the client is built: of emojibase's data only what the page shows or searches. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";
import type { Row } from "./row";

interface Listed {
  hexcode: string;
  emoji: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
  version: number;
  skins?: { emoji: string; tone: number | number[] }[];
}

const NAME = "virtual:emoji";
// Newer ones are boxes on systems of two years ago.
const NEWEST_VERSION = 15.1;
const COMPONENTS = 2;
const TONES = 5;

export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(readRows())}` : null),
  };
}

function readRows(): Row[] {
  const korean = new Map(read<Listed[]>("ko/data.json").map((one) => [one.hexcode, one]));
  const names = [read<Names>("en/shortcodes/github.json"), read<Names>("en/shortcodes/iamcal.json")];
  return read<Listed[]>("en/data.json")
    .filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST_VERSION)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ hexcode, emoji, label, tags = [], group = 0, skins = [] }) => {
      const ko = korean.get(hexcode);
      const shortcodes = [...new Set(names.flatMap((named) => named[hexcode] ?? []))];
      if (shortcodes.length === 0) shortcodes.push(label.toLowerCase().replace(/[^a-z0-9]+/g, "_"));
      const toned = skins.filter(({ tone }) => new Set([tone].flat()).size === 1).map((skin) => plain(skin.emoji));
      const tones = toned.length === TONES ? toned : [];
      return [plain(emoji), group, shortcodes.join(" "), [label, ...tags].join("|"), wordsOf(ko), tones.join(" ")];
    });
}

/** Leave out the mark for colour where none is needed, so that people put the same reaction. */
function plain(emoji: string): string {
  const without = emoji.replace(/\ufe0f$/, "");
  return /^\p{RGI_Emoji}$/v.test(without) ? without : emoji;
}

type Names = Record<string, string | string[]>;

function wordsOf(one: Listed | undefined): string {
  return one ? [one.label, ...(one.tags ?? [])].join("|") : "";
}

function read<T>(path: string): T {
  const file = createRequire(import.meta.url).resolve(`emojibase-data/${path}`);
  return JSON.parse(readFileSync(file, "utf8"));
}
