/** What the keyboard does from everywhere in the page. */
import { useEffect } from "react";
import { inOrder, neighbour, orderRooms } from "@/lib/chat/room-order";
import { useChat } from "@/lib/chat/store";
import { openOverlay, toggleOutbox, useOverlay } from "@/lib/overlay";
import type { Room } from "@/lib/protocol";
import { navigate, readRoute, roomPath, settingsPath } from "@/lib/router";
import { areSingleKeysOn } from "@/lib/single-keys";
import { isPressed, type Keys } from "./keys";

export interface Shortcut {
  keys: Keys;
  name: ShortcutName;
  act: () => void;
  /** Letters and signs are typed where one writes. */
  outside_text?: true;
}

type ShortcutName =
  | "keys.switcher"
  | "keys.next_room"
  | "keys.previous_room"
  | "keys.next_unread"
  | "keys.previous_unread"
  | "keys.inbox"
  | "keys.outbox"
  | "keys.panel"
  | "keys.preferences"
  | "keys.region"
  | "keys.list"
  | "keys.list_anywhere";

export const SHORTCUTS: Shortcut[] = [
  { keys: { key: "KeyK", mod: true }, name: "keys.switcher", act: () => openOverlay("switcher") },
  { keys: { key: "ArrowUp", alt: true }, name: "keys.previous_room", act: () => go(-1, any) },
  { keys: { key: "ArrowDown", alt: true }, name: "keys.next_room", act: () => go(1, any) },
  { keys: { key: "ArrowUp", alt: true, shift: true }, name: "keys.previous_unread", act: () => go(-1, isUnread) },
  { keys: { key: "ArrowDown", alt: true, shift: true }, name: "keys.next_unread", act: () => go(1, isUnread) },
  { keys: { key: "KeyI", mod: true, shift: true }, name: "keys.inbox", act: () => navigate("/inbox") },
  { keys: { key: "KeyO", mod: true, shift: true }, name: "keys.outbox", act: toggleOutbox },
  { keys: { key: "Period", mod: true }, name: "keys.panel", act: togglePanel },
  { keys: { key: "Comma", mod: true }, name: "keys.preferences", act: () => navigate(settingsPath()) },
  { keys: { key: "F6" }, name: "keys.region", act: nextRegion },
  { keys: { key: "?" }, name: "keys.list", act: () => openOverlay("keyboard"), outside_text: true },
  { keys: { key: "/", mod: true }, name: "keys.list_anywhere", act: () => openOverlay("keyboard") },
];

/** Where one goes on in a region: to where one writes, else to what is chosen, else to the first thing to press. */
const FIRST_WANTED = ["textarea", "[aria-current]", "a[href], button:not(:disabled), input, [tabindex='0']"];

export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const shortcut = SHORTCUTS.find(({ keys }) => isPressed(event, keys));
      if (!shortcut || event.isComposing) return;
      if (shortcut.outside_text && (isText(event.target) || !areSingleKeysOn())) return;
      event.preventDefault();
      // What lies over everything keeps the keyboard to itself.
      if (document.querySelector("dialog[open]") || useOverlay.getState().open) return;
      shortcut.act();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

function any(): boolean {
  return true;
}

function isUnread({ unread = 0 }: Room): boolean {
  return unread > 0;
}

function go(step: 1 | -1, wanted: (room: Room) => boolean): void {
  const room = neighbour(inOrder(orderRooms(useChat.getState())), shownRoom(), step, wanted);
  if (room) navigate(roomPath(room.id));
}

function togglePanel(): void {
  const route = readRoute(location.pathname);
  if (route.page === "room") navigate(roomPath(route.room_id, route.panel ? undefined : "about"));
}

function shownRoom(): string | null {
  const route = readRoute(location.pathname);
  return route.page === "room" ? route.room_id : null;
}

/** Go on to the next landmark that shows, in the order of the page. */
function nextRegion(): void {
  const regions = [...document.querySelectorAll<HTMLElement>("nav, main, aside")].filter(
    // The tabs of a panel belong to it.
    (region) => isVisible(region) && !region.parentElement?.closest("aside"),
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const region = regions[(at + 1) % Math.max(1, regions.length)];
  const found = FIRST_WANTED.flatMap((wanted) => [...(region?.querySelectorAll<HTMLElement>(wanted) ?? [])]);
  found.find(isVisible)?.focus();
}

/** What has the size of nothing is not shown, as the way back is on a wide screen. */
function isVisible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}
