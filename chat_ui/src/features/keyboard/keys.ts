/** Which keys were pressed, whatever the layout: with a Hangul layout the K key types another letter. */

import { IS_MAC } from "@/lib/platform";

/** What a shortcut is made of; `mod` is Ctrl, and ⌘ on a Mac. */
export interface Keys {
  /** As `KeyboardEvent.code` calls the key, or the character itself where it moves with the layout. */
  key: string;
  mod?: true;
  alt?: true;
  shift?: true;
}

export function isPressed(event: KeyboardEvent, { key, mod, alt, shift }: Keys): boolean {
  const main = IS_MAC ? event.metaKey : event.ctrlKey;
  const other = IS_MAC ? event.ctrlKey : event.metaKey;
  if (other || main !== (mod ?? false) || event.altKey !== (alt ?? false)) return false;
  // A character says by itself whether Shift belongs to it.
  if (key.length === 1) return event.key === key;
  return event.code === key && event.shiftKey === (shift ?? false);
}

/** Return the keys as they are written on a keyboard, in the order that one presses them. */
export function keyNames({ key, mod, alt, shift }: Keys): string[] {
  const names = [];
  if (mod) names.push(IS_MAC ? "⌘" : "Ctrl");
  if (alt) names.push(IS_MAC ? "⌥" : "Alt");
  if (shift) names.push(IS_MAC ? "⇧" : "Shift");
  return [...names, NAMES[key] ?? key.replace(/^Key/, "")];
}

const NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  Period: ".",
  Comma: ",",
  Escape: "Esc",
  Delete: "Del",
};
