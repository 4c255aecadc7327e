/**
 * The page's addresses: `/`, `/directs` (a tab of a phone), `/register`, `/directory`, `/welcome`, `/join#<invitation>`, `/rooms/<id>` with the panel that
 * is open beside it, a thread, or the seq of the message that a link leads to, `/inbox` with what of it is shown and which
 * message is chosen, `/threads` with the thread that is open, and `/settings` with one of their parts. An invitation stands
 * behind the #, so that no server on the way writes it down.
 */
import { useSyncExternalStore } from "react";
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
  | { page: "home" | "directs" | "register" | "directory" | "join" | "welcome" }
  | { page: "inbox"; filter: Filter; chosen: { room_id: string; seq: number } | null }
  | { page: "settings"; part: Setting | null }
  | { page: "threads"; chosen: { room_id: string; root: string } | null }
  | { page: "room"; room_id: string; panel: Panel | null; thread: string | null; seq: number | null };

const listeners = new Set<() => void>();

export function usePath(): string {
  return useSyncExternalStore(follow, () => location.pathname);
}

export function useRoute(): Route {
  return readRoute(usePath());
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
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}
