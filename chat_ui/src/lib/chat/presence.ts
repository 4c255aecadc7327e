/** Who of the people on the screen is there. It is unknown without a connection, and of nobody beyond what is watched. */
import { create } from "zustand";
import type { Appearance } from "@/lib/protocol";
import { ask } from "./socket";
import { useChat } from "./store";

// What a screen shows at once; of more, those that came last.
const WATCHED_AT_MOST = 100;
// Scrolling changes who is on the screen many times a second.
const GATHER_MILLISECONDS = 300;
const RETRY_MILLISECONDS = 5_000;

interface Presence {
  shown: Record<string, Appearance>;
}

const usePresence = create<Presence>(() => ({ shown: {} }));

/** How often each person is on the screen, those who came first before the others. */
const wanted = new Map<string, number>();
let watched = "";
let timer: ReturnType<typeof setTimeout> | undefined;

useChat.subscribe((chat, before) => {
  if (chat.link === before.link && chat.me === before.me) return;
  watched = "";
  usePresence.setState({ shown: {} });
  watchSoon();
});

export function useAppearance(id: string): Appearance | undefined {
  return usePresence(({ shown }) => shown[id]);
}

/** Watch a person until the answer is called. */
export function watchPerson(id: string): () => void {
  wanted.set(id, (wanted.get(id) ?? 0) + 1);
  watchSoon();
  return () => {
    const left = (wanted.get(id) ?? 1) - 1;
    if (left > 0) wanted.set(id, left);
    else wanted.delete(id);
    watchSoon();
  };
}

/** Take how all who are watched appear. */
export function takePresence(shown: Record<string, Appearance>): void {
  usePresence.setState({ shown });
}

export function notePresence({ user_id, ...appearance }: Appearance & { user_id: string }): void {
  usePresence.setState(({ shown }) => (shown[user_id] ? { shown: { ...shown, [user_id]: appearance } } : {}));
}

/** Return whom to watch: the last that came, in an order of their own, so that the same people are the same list. */
export function watchedOf(people: Iterable<string>, most = WATCHED_AT_MOST): string[] {
  return [...people].slice(-most).sort();
}

function watchSoon(milliseconds = GATHER_MILLISECONDS): void {
  clearTimeout(timer);
  timer = setTimeout(() => void watch(), milliseconds);
}

async function watch(): Promise<void> {
  const user_ids = watchedOf(wanted.keys());
  const key = user_ids.join();
  if (key === watched || useChat.getState().link !== "online") return;
  watched = key;
  try {
    const { presence } = await ask("presence:watch", { user_ids });
    if (watched === key) takePresence(presence);
  } catch (error) {
    console.warn("Who is there is not known yet.", error);
    if (watched === key) watched = "";
    watchSoon(RETRY_MILLISECONDS);
  }
}

export type Choice = "online" | "away" | "dnd" | "invisible";

/** Say how one appears, on every device. */
export async function choosePresence(status: Choice): Promise<void> {
  await ask("presence:set", { status });
}

/** Return what somebody connected must have chosen to appear like this. */
export function choiceOf(appearance: Appearance | undefined): Choice | null {
  const { status } = appearance ?? {};
  if (status === "offline") return "invisible";
  return status === "online" || status === "away" || status === "dnd" ? status : null;
}
