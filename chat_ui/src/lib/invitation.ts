/** The invitation in the page's address, kept over signing in and up. */
import { load, save } from "./storage";

const KEY = "invitation";

/** Take the invitation out of the address, if there is one; called once, before anything is drawn. */
export function takeInvitation(): void {
  if (location.pathname !== "/join" || location.hash.length < 2) return;
  save(KEY, location.hash.slice(1));
  history.replaceState(null, "", "/join");
}

export function invitation(): string | null {
  return load(KEY);
}

export function forgetInvitation(): void {
  save(KEY, null);
}

export function invitationLink(token: string): string {
  return `${location.origin}/join#${token}`;
}
