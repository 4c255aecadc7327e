/**
 * Which threads one follows: as the server says when a thread is read, and as it follows from what one chooses and writes
 * since. Nothing is guessed: where the server may have changed its mind, it is asked again.
 */
import { create } from "zustand";
import { call } from "@/lib/api";
import type { Replies, RoomEvent } from "@/lib/protocol";
import { ask } from "./socket";
import { useChat } from "./store";
import { rootOf } from "./threads";

interface Known {
  follows: boolean;
  /** False once something happened by which the server may say something else. */
  is_sure: boolean;
}

// The threads opened last, and those chosen on other devices.
const KEPT = 500;
const ATTEMPTS = 3;

type AllKnown = ReadonlyMap<string, Known>;

export const useFollowing = create<{ threads: AllKnown }>(() => ({ threads: new Map() }));

/** The questions on their way, each with its thread; what happens meanwhile takes one out, for its answer may be old. */
const asked = new Map<object, string>();

useChat.subscribe((chat, before) => {
  if (chat.me === before.me) return;
  asked.clear();
  useFollowing.setState({ threads: new Map() });
});

/** Return whether one follows the thread, as far as it is known; null until the server has said. */
export function useFollows(root: string): boolean | null {
  return useFollowing(({ threads }) => threads.get(root)?.follows ?? null);
}

/** Tell whether one follows the thread; null where that is not known, or may have become true meanwhile. */
export function isFollowed(threads: AllKnown, root: string): boolean | null {
  const known = threads.get(root);
  return known && (known.follows || known.is_sure) ? known.follows : null;
}

/** Tell whether the server has nothing more to say about it. */
export function useIsFollowingSure(root: string): boolean {
  return useFollowing(({ threads }) => threads.get(root)?.is_sure ?? false);
}

/** Take what was chosen, here or on another device. */
export function noteFollowing(threads: Record<string, boolean>): void {
  for (const [root, follows] of Object.entries(threads)) {
    outdate(root);
    keep(root, { follows, is_sure: true });
  }
}

export async function followThread(room_id: string, root: string, follows: boolean): Promise<void> {
  await ask(follows ? "thread:follow" : "thread:unfollow", { room_id, id: root });
  noteFollowing({ [root]: follows });
}

/** Begin to ask the server; the answer is taken unless something newer happened meanwhile, and that is told. */
export function beginAsking(root: string): (follows: boolean) => boolean {
  const question = {};
  // One that failed or was left never comes back.
  for (const oldest of [...asked.keys()].slice(0, -KEPT)) asked.delete(oldest);
  asked.set(question, root);
  return (follows) => {
    const is_new = asked.delete(question);
    if (is_new) keep(root, { follows, is_sure: true });
    return is_new;
  };
}

/** Ask whether one follows the thread, and nothing else. */
export async function askFollowing(room_id: string, root: string): Promise<void> {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answer = beginAsking(root);
      const { followed } = await call<Replies>("GET", `/api/rooms/${room_id}/messages/${root}/thread?limit=1`);
      if (answer(followed)) return;
    }
  } catch (error) {
    console.warn("Whether the thread is followed is not known yet.", error);
  }
}

/** Who writes in a thread follows it from then on; who is named in it may. */
export function foldFollowing(event: RoomEvent, me: string): void {
  if (event.type !== "message.created") return;
  const root = rootOf(event.message);
  const known = root === null ? undefined : useFollowing.getState().threads.get(root);
  if (root === null || !(known || isAsked(root))) return;
  if (event.message.sender === me) noteFollowing({ [root]: true });
  else if (!known?.follows && event.message.mentions?.users.includes(me)) {
    outdate(root);
    if (known) keep(root, { ...known, is_sure: false });
  }
}

/** After an absence nobody has told what was chosen elsewhere. */
export function doubtFollowing(): void {
  asked.clear();
  useFollowing.setState(({ threads }) => ({
    threads: new Map([...threads].map(([root, { follows }]) => [root, { follows, is_sure: false }])),
  }));
}

function isAsked(root: string): boolean {
  return [...asked.values()].includes(root);
}

function outdate(root: string): void {
  for (const [question, about] of asked) if (about === root) asked.delete(question);
}

function keep(root: string, known: Known): void {
  useFollowing.setState(({ threads }) => {
    const others = [...threads].filter(([other]) => other !== root).slice(1 - KEPT);
    return { threads: new Map(others).set(root, known) };
  });
}
