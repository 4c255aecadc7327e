/** The public profiles in view: people are ids everywhere, this resolves them, many in one call. */
import { create } from "zustand";
import { call } from "./api";
import type { People as Found, User } from "./protocol";

interface People {
  users: Record<string, User>;
}

export const usePeople = create<People>(() => ({ users: {} }));

const IDS_PER_CALL = 100;
const wanted = new Set<string>();
const asked = new Set<string>();
let scheduled = false;

/** Take profiles that came with something else. */
export function learn(users: User[]): void {
  if (users.length === 0) return;
  usePeople.setState(({ users: known }) => ({
    users: { ...known, ...Object.fromEntries(users.map((user) => [user.id, user])) },
  }));
}

/** Ask for those not known yet; everything wanted within one tick goes into one call. */
export function want(ids: string[]): void {
  const { users } = usePeople.getState();
  for (const id of ids) if (!users[id] && !asked.has(id)) wanted.add(id);
  if (wanted.size === 0 || scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    void fetchWanted();
  });
}

export function forgetPeople(): void {
  usePeople.setState({ users: {} }, true);
  asked.clear();
  wanted.clear();
}

/** Find people by a part of their name. */
export async function findPeople(q: string): Promise<User[]> {
  const page = await call<Found>("GET", `/api/users?q=${encodeURIComponent(q)}`);
  learn(page.items);
  return page.items;
}

async function fetchWanted(): Promise<void> {
  const ids = [...wanted].slice(0, IDS_PER_CALL);
  for (const id of ids) {
    wanted.delete(id);
    asked.add(id);
  }
  try {
    const page = await call<Found>("GET", `/api/users?ids=${ids.join(",")}`);
    learn(page.items);
  } catch (error) {
    // They are asked for again when something shows them the next time.
    for (const id of ids) asked.delete(id);
    console.warn("Names could not be loaded.", error);
  }
  if (wanted.size > 0) void fetchWanted();
}
