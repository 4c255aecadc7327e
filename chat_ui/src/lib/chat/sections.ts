/** The person's own sections of the list: a section is there for as long as a room is in it. */
import { useMemo } from "react";
import { create } from "zustand";
import { ApiError } from "@/lib/api";
import { load, save } from "@/lib/storage";
import { setMine } from "./mine";
import { type Chat, useChat } from "./store";

/** As many characters as the server takes. */
export const SECTION_LENGTH = 64;
// Many rooms at once can be too many for the server, which says when to go on.
const ATTEMPTS = 5;
const LONGEST_PAUSE_SECONDS = 10;

/** Put a room into a section, or with null into none; there it shows, so it is no favourite any more. */
export function moveToSection(room_id: string, section: string | null): Promise<void> {
  return setMine(room_id, { favourite: false, section });
}

/** Give a section another name, or with null put its rooms back where they were. */
export async function renameSection(before: string, after: string | null): Promise<void> {
  if (before === after) return;
  const { me, timelines } = useChat.getState();
  const rooms = Object.values(timelines).filter(({ room }) => room.section === before);
  for (const { room } of rooms) await patiently(() => setMine(room.id, { section: after }));
  setFolded(me, sectionKey(before), false);
}

/** Return the names of the sections, in the order of the list; the same object for as long as they are the same. */
export function useSectionNames(): string[] {
  const joined = useChat(({ timelines }) => JSON.stringify(namesIn(timelines)));
  return useMemo(() => JSON.parse(joined) as string[], [joined]);
}

function namesIn(timelines: Chat["timelines"]): string[] {
  const names = new Set(Object.values(timelines).flatMap(({ room }) => room.section ?? []));
  return [...names].sort(new Intl.Collator().compare);
}

async function patiently(act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      const pause =
        error instanceof ApiError && error.body.code === "rate_limited" ? (error.body.retry_after ?? 1) : null;
      if (pause === null || pause > LONGEST_PAUSE_SECONDS || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause * 1_000));
    }
  }
}

const useFolded = create<{ me: string; keys: ReadonlySet<string> }>(() => ({ me: "", keys: new Set() }));

/** Name a section apart from the lists that everybody has. */
export function sectionKey(name: string): string {
  return `section:${name}`;
}

/** Tell whether a part of the list is folded; this browser remembers it. */
export function useIsFolded(key: string): boolean {
  const me = useChat((chat) => chat.me);
  return useFolded((folded) => keysOf(me, folded).has(key));
}

export function setFolded(me: string, key: string, is_folded: boolean): void {
  const keys = new Set(keysOf(me, useFolded.getState()));
  if (is_folded) keys.add(key);
  else keys.delete(key);
  save(storedAs(me), keys.size > 0 ? JSON.stringify([...keys]) : null);
  useFolded.setState({ me, keys });
}

function keysOf(me: string, folded: { me: string; keys: ReadonlySet<string> }): ReadonlySet<string> {
  if (folded.me === me) return folded.keys;
  let keys: ReadonlySet<string> = new Set();
  try {
    const stored: unknown = JSON.parse(load(storedAs(me)) ?? "[]");
    if (Array.isArray(stored)) keys = new Set(stored.map(String));
  } catch (error) {
    console.warn("What is folded cannot be read.", error);
  }
  Object.assign(folded, { me, keys });
  return keys;
}

function storedAs(me: string): string {
  return `folded.${me}`;
}
