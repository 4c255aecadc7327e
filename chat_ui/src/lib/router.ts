/**
 * The page's addresses: `/`, `/directs` (a tab of a phone), `/register`, `/directory`, `/welcome`, `/join#<invitation>`, `/rooms/<id>` with the panel that
 * is open beside it, a thread, or the seq of the message that a link leads to, `/inbox` with what of it is shown and which
 * message is chosen, `/threads` with the thread that is open, and `/settings` with one of their parts. An invitation stands
 * behind the #, so that no server on the way writes it down; so does the token of `/confirm-email#<token>`, a link of a mail.
 */
import { useCallback, useSyncExternalStore } from "react";
import { Followers } from "./followers";
import { isTimeToReload } from "./worker";

export const PANELS = ["about", "members", "pins"] as const;
export type Panel = (typeof PANELS)[number];

/** What of the inbox is shown. */
export const FILTERS = ["all", "mention", "thread", "unread"] as const;
export type Filter = (typeof FILTERS)[number];

/** The parts of the settings. */
export const SETTINGS = ["profile", "look", "language", "notices", "keys"] as const;
export type Setting = (typeof SETTINGS)[number];

export type Route =
  | { page: "home" | "directs" | "register" | "directory" | "join" | "welcome" | "confirm_email" }
  | { page: "inbox"; filter: Filter; chosen: { room_id: string; seq: number } | null }
  | { page: "settings"; part: Setting | null }
  | { page: "threads"; chosen: { room_id: string; root: string } | null }
  | { page: "room"; room_id: string; panel: Panel | null; thread: string | null; seq: number | null };

const listeners = new Set<() => void>();
/** The rooms of the list: going from one to another concerns these two. */
const rows = new Followers();
/** What was read last: every row of the list asks. */
let read: { path: string; room_id: string | null } | null = null;
let shown = shownRoom();

window.addEventListener("popstate", tell);

export function usePath(): string {
  return useSyncExternalStore(follow, () => location.pathname);
}

export function useRoute(): Route {
  return readRoute(usePath());
}

/** Tell whether a room is the one that is open. */
export function useIsShown(room_id: string): boolean {
  const followRow = useCallback((listener: () => void) => rows.follow(room_id, listener), [room_id]);
  return useSyncExternalStore(followRow, () => shownRoom() === room_id);
}

/** Return the room that is open; null where there is none, and where nobody asks. */
export function useShownRoom(is_asked: boolean): string | null {
  return useSyncExternalStore(follow, () => (is_asked ? shownRoom() : null));
}

function shownRoom(): string | null {
  const path = location.pathname;
  if (read?.path === path) return read.room_id;
  const route = readRoute(path);
  read = { path, room_id: route.page === "room" ? route.room_id : null };
  return read.room_id;
}

export function readRoute(path: string): Route {
  const [, room_id, name] = /^\/rooms\/([0-9a-f-]{36})(?:\/(\w+))?$/.exec(path) ?? [];
  const [, with_thread, thread] = /^\/rooms\/([0-9a-f-]{36})\/thread\/([0-9a-f-]{36})$/.exec(path) ?? [];
  if (with_thread && thread) return { page: "room", room_id: with_thread, panel: null, thread, seq: null };
  if (room_id) {
    const panel = PANELS.find((panel) => panel === name) ?? null;
    return { page: "room", room_id, panel, thread: null, seq: name && /^\d{1,15}$/.test(name) ? Number(name) : null };
  }
  const inbox = /^\/inbox(?:\/(mention|thread|unread))?(?:\/([0-9a-f-]{36})\/(\d{1,15}))?$/.exec(path);
  if (inbox) {
    const filter = FILTERS.find((filter) => filter === inbox[1]) ?? "all";
    return { page: "inbox", filter, chosen: inbox[2] ? { room_id: inbox[2], seq: Number(inbox[3]) } : null };
  }
  const threads = /^\/threads(?:\/([0-9a-f-]{36})\/([0-9a-f-]{36}))?$/.exec(path);
  if (threads) {
    const [, room_id, root] = threads;
    return { page: "threads", chosen: room_id && root ? { room_id, root } : null };
  }
  const settings = /^\/settings(?:\/(\w+))?$/.exec(path);
  if (settings) return { page: "settings", part: SETTINGS.find((part) => part === settings[1]) ?? null };
  if (path === "/welcome") return { page: "welcome" };
  if (path === "/directs") return { page: "directs" };
  if (path === "/register") return { page: "register" };
  if (path === "/directory") return { page: "directory" };
  if (path === "/join") return { page: "join" };
  if (path === "/confirm-email") return { page: "confirm_email" };
  return { page: "home" };
}

export function roomPath(room_id: string, panel?: Panel): string {
  return panel ? `/rooms/${room_id}/${panel}` : `/rooms/${room_id}`;
}

/** Return the address of a room with the thread under a message beside it. */
export function threadPath(room_id: string, message_id: string): string {
  return `/rooms/${room_id}/thread/${message_id}`;
}

/** Return the address of the inbox, or of a message chosen in it. */
export function inboxPath(filter: Filter, chosen?: { room_id: string; seq: number }): string {
  const shown = filter === "all" ? "/inbox" : `/inbox/${filter}`;
  return chosen ? `${shown}/${chosen.room_id}/${chosen.seq}` : shown;
}

/** Return the address of the followed threads with one of them open. */
export function followedPath(room_id: string, root: string): string {
  return `/threads/${room_id}/${root}`;
}

/** Return the address that leads to a message. */
export function messagePath({ room_id, seq }: { room_id: string; seq: number }): string {
  return `/rooms/${room_id}/${seq}`;
}

/** Return the address of the settings, or of a part of them. */
export function settingsPath(part?: Setting): string {
  return part ? `/settings/${part}` : "/settings";
}

export function navigate(path: string, { replace = false } = {}): void {
  if (path === location.pathname) return;
  if (isTimeToReload()) {
    location.assign(path);
    return;
  }
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  tell();
}

function tell(): void {
  const before = shown;
  shown = shownRoom();
  for (const listener of listeners) listener();
  for (const room_id of new Set([before, shown])) if (room_id !== null) rows.tell(room_id);
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
