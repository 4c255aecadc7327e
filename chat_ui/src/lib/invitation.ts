/** The invitation in the page's address, kept over signing in and up in this tab. */
import { create } from "zustand";

const KEY = "chatflow.invitation";

const useStored = create<{ token: string | null }>(() => ({ token: null }));

/** Take the invitation out of the address, now and whenever another one is pasted there; called once. */
export function takeInvitation(): void {
  useStored.setState({ token: sessionStorage.getItem(KEY) });
  take();
  window.addEventListener("hashchange", take);
}

export function useInvitation(): string | null {
  return useStored(({ token }) => token);
}

export function invitation(): string | null {
  return useStored.getState().token;
}

export function forgetInvitation(): void {
  keep(null);
}

export function invitationLink(token: string): string {
  return `${location.origin}/join#${token}`;
}

function take(): void {
  if (location.pathname !== "/join" || location.hash.length < 2 || location.hash === "#main") return;
  keep(location.hash.slice(1));
  history.replaceState(null, "", "/join");
}

/** Of this tab alone: whoever comes to the browser later finds nothing to follow. */
function keep(token: string | null): void {
  if (token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
  useStored.setState({ token });
}
