/**
 * The page's addresses: `/`, `/register`, `/directory`, `/join#<invitation>`, and `/rooms/<id>` with the panel that is
 * open beside it. An invitation stands behind the #, so that no server on the way writes it down.
 */
import { useSyncExternalStore } from "react";
import { isTimeToReload } from "./worker";

export const PANELS = ["about", "members"] as const;
export type Panel = (typeof PANELS)[number];

export type Route =
  | { page: "home" | "register" | "directory" | "join" }
  | { page: "room"; room_id: string; panel: Panel | null };

const listeners = new Set<() => void>();

export function usePath(): string {
  return useSyncExternalStore(follow, () => location.pathname);
}

export function useRoute(): Route {
  return readRoute(usePath());
}

export function readRoute(path: string): Route {
  const [, room_id, name] = /^\/rooms\/([0-9a-f-]{36})(?:\/(\w+))?$/.exec(path) ?? [];
  if (room_id) return { page: "room", room_id, panel: PANELS.find((panel) => panel === name) ?? null };
  if (path === "/register") return { page: "register" };
  if (path === "/directory") return { page: "directory" };
  if (path === "/join") return { page: "join" };
  return { page: "home" };
}

export function roomPath(room_id: string, panel?: Panel): string {
  return panel ? `/rooms/${room_id}/${panel}` : `/rooms/${room_id}`;
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
