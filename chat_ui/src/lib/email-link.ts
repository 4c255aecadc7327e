/** The token of a link that came by mail: it leaves the page's address at once, and is kept nowhere. */
import { create } from "zustand";

const PAGE = "/confirm-email";

const useStored = create<{ token: string | null }>(() => ({ token: null }));

/** Take the token out of the address, now and whenever another link is followed in this tab; called once. */
export function takeEmailLink(): void {
  take();
  window.addEventListener("hashchange", take);
}

export function useEmailLink(): string | null {
  return useStored(({ token }) => token);
}

export function forgetEmailLink(): void {
  useStored.setState({ token: null });
}

function take(): void {
  if (location.pathname !== PAGE || location.hash.length < 2 || location.hash === "#main") return;
  useStored.setState({ token: location.hash.slice(1) });
  history.replaceState(null, "", PAGE);
}
