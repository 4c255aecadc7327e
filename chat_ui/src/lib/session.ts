/**
 * Who is signed in. The access token lives in memory only; the refresh token is a cookie that no script can read,
 * so a reload signs in again by asking for a new access token.
 */
import { create } from "zustand";
import { ApiError, call, callOpenly, setAccess } from "./api";
import type { SignedIn, User } from "./protocol";
import { load, save } from "./storage";

export type Session =
  | { status: "starting" | "unreachable"; user: null }
  | { status: "signed_out"; user: null; ended?: boolean }
  | { status: "signed_in"; user: User; access: string };

export const useSession = create<Session>(() => ({ status: "starting", user: null }));

/** Remembers that a cookie should be there, and whose, so that a newcomer's page asks for nothing. */
const SIGNED_IN_KEY = "signed_in";
/** The person of the last time, for a page that shows what this browser kept before the server answers. */
const USER_KEY = "user";
// A minute is ample for the call and its retries, and short against any sensible lifetime.
const RENEW_AHEAD_MILLISECONDS = 60_000;
// Whatever this machine's clock says: not more often than this.
const RENEW_PAUSE_MILLISECONDS = 30_000;
const RETRY_MILLISECONDS = 5_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let renewing: Promise<string> | null = null;

export async function startSession(): Promise<void> {
  if (!load(SIGNED_IN_KEY)) {
    useSession.setState({ status: "signed_out", user: null }, true);
    return;
  }
  const user = rememberedUser();
  if (user && useSession.getState().status === "starting") {
    setAccess(null, renewAccess);
    useSession.setState({ status: "signed_in", user, access: "" }, true);
  }
  try {
    await renewAccess();
  } catch (error) {
    if (useSession.getState().status === "signed_out") return;
    console.warn("Signing in again failed; trying again.", error);
    // Whoever sees the rooms that this browser kept has a socket, which asks again.
    if (user) return;
    useSession.setState({ status: "unreachable", user: null }, true);
    timer = setTimeout(startSession, RETRY_MILLISECONDS);
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  enter(await callOpenly<SignedIn>("/api/auth/login", { login, password, cookie: true }));
}

export async function register(account: { username: string; display_name: string; password: string }): Promise<void> {
  enter(await callOpenly<SignedIn>("/api/users", { ...account, cookie: true }));
}

/** End the session on the server, which also takes the cookie away; only then is one signed out. */
export async function signOut(): Promise<void> {
  await call("POST", "/api/auth/logout", { cookie: true });
  leave(false);
}

/** Get a new access token; callers at the same time share one call. Refused means that the session has ended. */
export function renewAccess(): Promise<string> {
  renewing ??= renew().finally(() => {
    renewing = null;
  });
  return renewing;
}

/** Follow what other tabs do: they share the cookie, so they share the session. */
export function followOtherTabs(): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== `chatflow.${SIGNED_IN_KEY}`) return;
    const user = useSession.getState().user;
    if (newValue === null && user) leave(false);
    else if (newValue !== null && newValue !== user?.id) location.reload();
  });
}

async function renew(): Promise<string> {
  try {
    const answer = await callOpenly<SignedIn>("/api/auth/refresh", { cookie: true });
    enter(answer);
    return answer.access;
  } catch (error) {
    if (error instanceof ApiError && isRefusal(error)) leave(true);
    throw error;
  }
}

function rememberedUser(): User | null {
  try {
    const user = JSON.parse(load(USER_KEY) ?? "null") as User | null;
    return user && user.id === load(SIGNED_IN_KEY) ? user : null;
  } catch {
    return null;
  }
}

function isRefusal({ body }: ApiError): boolean {
  return ["unauthenticated", "token_expired", "forbidden", "invalid"].includes(body.code);
}

function enter({ user, access, expires_at }: SignedIn): void {
  const before = useSession.getState().user;
  save(SIGNED_IN_KEY, user.id);
  // The cookie is another person's now: nothing of the first may stay on the page.
  if (before && before.id !== user.id) location.reload();
  save(USER_KEY, JSON.stringify(user));
  setAccess(access, renewAccess);
  useSession.setState({ status: "signed_in", user, access }, true);
  renewIn(Math.max(Date.parse(expires_at) - Date.now() - RENEW_AHEAD_MILLISECONDS, RENEW_PAUSE_MILLISECONDS));
}

function leave(ended: boolean): void {
  clearTimeout(timer);
  setAccess(null, null);
  save(SIGNED_IN_KEY, null);
  save(USER_KEY, null);
  useSession.setState({ status: "signed_out", user: null, ended }, true);
}

function renewIn(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    try {
      await renewAccess();
    } catch (error) {
      if (useSession.getState().status !== "signed_in") return;
      console.warn("The access token could not be renewed yet.", error);
      renewIn(RETRY_MILLISECONDS);
    }
  }, milliseconds);
}
