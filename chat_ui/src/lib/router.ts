/** The page's addresses: `/`, `/register`, `/directory` and `/rooms/<id>`. */
import { useSyncExternalStore } from "react";

export type Route = { page: "home" | "register" | "directory" } | { page: "room"; room_id: string };

const listeners = new Set<() => void>();

export function usePath(): string {
  return useSyncExternalStore(follow, () => location.pathname);
}

export function useRoute(): Route {
  return readRoute(usePath());
}

export function readRoute(path: string): Route {
  const room_id = /^\/rooms\/([0-9a-f-]{36})$/.exec(path)?.[1];
  if (room_id) return { page: "room", room_id };
  if (path === "/register") return { page: "register" };
  if (path === "/directory") return { page: "directory" };
  return { page: "home" };
}

export function roomPath(room_id: string): string {
  return `/rooms/${room_id}`;
}

export function navigate(path: string, { replace = false } = {}): void {
  if (path === location.pathname) return;
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
