/** The public profiles in view: people are ids everywhere, this resolves them, many in one call. */
import { useEffect } from "react";
import { create } from "zustand";
import { call } from "./api";
import type { People as Found, User } from "./protocol";

interface People {
  users: Record<string, User>;
  /** Grows when all that is known may be old. */
  round: number;
}

export const usePeople = create<People>(() => ({ users: {}, round: 0 }));

const IDS_PER_CALL = 100;
const wanted = new Set<string>();
const asked = new Set<string>();
/** Those for whom no answer came. */
const unresolved = new Set<string>();
/** Those who may have changed since they were learned. */
const stale = new Set<string>();
/** Those who were shown since somebody took the note of it. */
const shown = new Set<string>();
let scheduled = false;

/** Take profiles that came with something else. */
export function learn(users: User[]): void {
  if (users.length === 0) return;
  for (const { id } of users) stale.delete(id);
  usePeople.setState(({ users: known }) => ({
    users: { ...known, ...Object.fromEntries(users.map((user) => [user.id, user])) },
  }));
}

/** Take profiles as they were once: good enough until they are shown and asked for. */
export function learnKept(users: User[]): void {
  const { users: known } = usePeople.getState();
  const unknown = users.filter(({ id }) => !known[id]);
  learn(unknown);
  for (const { id } of unknown) stale.add(id);
}

/** Doubt all that is known: after an absence nobody has told who changed. */
export function doubtPeople(): void {
  for (const id of Object.keys(usePeople.getState().users)) stale.add(id);
  asked.clear();
  usePeople.setState(({ round }) => ({ round: round + 1 }));
}

/** Ask for those who are shown, and again when what is known of them may be old. */
export function useWanted(ids: string[]): void {
  const round = usePeople((people) => people.round);
  const key = ids.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is a reason to ask again.
  useEffect(() => want(key ? key.split(",") : []), [key, round]);
}

/** Return who was shown since the last call. */
export function takeShown(): string[] {
  const ids = [...shown];
  shown.clear();
  return ids;
}

/** Ask once for those not known yet and those who may have changed; everything wanted within one tick goes into one call. */
export function want(ids: string[]): void {
  const { users } = usePeople.getState();
  for (const id of ids) {
    shown.add(id);
    if ((!users[id] || stale.has(id)) && !asked.has(id)) wanted.add(id);
  }
  if (wanted.size === 0 || scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    void fetchWanted();
  });
}

/** Ask again for those who could not be asked for, now that there is a connection. */
export function askForUnresolved(): void {
  const ids = [...unresolved];
  unresolved.clear();
  want(ids);
}

export function forgetPeople(): void {
  usePeople.setState({ users: {}, round: 0 }, true);
  stale.clear();
  shown.clear();
  asked.clear();
  wanted.clear();
  unresolved.clear();
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
    // They are asked for again with the next connection, or when something shows them the next time.
    for (const id of ids) {
      asked.delete(id);
      unresolved.add(id);
    }
    console.warn("Names could not be loaded.", error);
  }
  if (wanted.size > 0) void fetchWanted();
}
