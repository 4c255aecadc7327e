/** What the switcher offers beside rooms and people: the pages of the product, by their names. */
import type { IconName } from "@/components/icon";
import type { Translate } from "@/lib/i18n";
import { findMatch, type Match } from "@/lib/matching";
import { IS_MAC } from "@/lib/platform";
import { settingsPath } from "@/lib/router";

export interface Place {
  kind: "place";
  key: string;
  name: string;
  match: Match | null;
  path: string;
  icon: IconName;
  /** The keys that lead there from anywhere. */
  keys: string[];
}

const MOD = IS_MAC ? "⌘" : "Ctrl";

const PLACES = [
  { path: "/inbox", icon: "inbox", word: "inbox.title", keys: [MOD, "Shift", "I"] },
  { path: "/threads", icon: "thread", word: "inbox.threads", keys: [] },
  { path: "/directory", icon: "compass", word: "rooms.browse", keys: [] },
  { path: settingsPath(), icon: "settings", word: "preferences.title", keys: [MOD, ","] },
] as const satisfies { path: string; icon: IconName; word: Parameters<Translate>[0]; keys: string[] }[];

export function findPlaces(typed: string, t: Translate): Place[] {
  const q = typed.normalize("NFC").trim();
  if (!q) return [];
  return PLACES.flatMap(({ path, icon, word, keys }) => {
    const name = t(word);
    const match = findMatch(name, q);
    return match ? [{ kind: "place" as const, key: path, name, match, path, icon, keys: [...keys] }] : [];
  });
}
