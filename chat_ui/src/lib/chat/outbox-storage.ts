/**
 * Keeps unsent messages over a reload, and tells the other tabs of them: a key for each, so that two tabs do not overwrite
 * each other's. It is written before the next key is pressed, so that even a crash right behind Enter loses nothing.
 */
import { followStorage, isGone, keys, load, save } from "@/lib/storage";
import { requeue, type Unsent } from "./outbox";

/** The messages that were stored once: where one is not any more, another tab has removed it. */
const stored_once = new Set<string>();

export function loadOutbox(me: string): Unsent[] {
  const stored = keys(`unsent.${me}.`).flatMap((key) => read(load(key)) ?? []);
  return requeue(stored)
    .map((unsent) => (unsent.state === "sent" ? { ...unsent, state: "queued" as const } : unsent))
    .sort((a, b) => a.written_at - b.written_at);
}

/** Hear what other tabs do: a message as it is now, or null where it is gone. */
export function followOutbox(me: string, hear: (cid: string, unsent: Unsent | null) => void): () => void {
  const start = `unsent.${me}.`;
  return followStorage((key, value) => {
    if (!key.startsWith(start)) return;
    const unsent = read(value);
    // This tab may have stored it once more before it heard.
    if (value === null && !isGone(key)) save(key, null);
    if (unsent || value === null) hear(key.slice(start.length), unsent);
  });
}

/** Tell whether another tab discarded the message, also where the word of it has not come yet. */
export function isTakenBack(me: string, cid: string): boolean {
  // Where everything was wiped, nobody has said anything about this message.
  return stored_once.has(cid) && isGone(`unsent.${me}.${cid}`) && !isGone("signed_in");
}

/** Store what changed from one outbox to the next; returns whether all of it is kept. */
export function saveOutbox(me: string, before: Unsent[], after: Unsent[]): boolean {
  let kept = true;
  const old = new Map(before.map((unsent) => [unsent.cid, unsent]));
  for (const unsent of after) {
    if (old.get(unsent.cid) !== unsent) kept = store(me, unsent) && kept;
    old.delete(unsent.cid);
  }
  for (const cid of old.keys()) {
    save(`unsent.${me}.${cid}`, null);
    stored_once.delete(cid);
  }
  return kept;
}

function store(me: string, unsent: Unsent): boolean {
  const is_kept = save(`unsent.${me}.${unsent.cid}`, JSON.stringify(unsent));
  if (is_kept) stored_once.add(unsent.cid);
  return is_kept;
}

/** Return the message that was stored; what is no message is left alone and breaks nothing. */
function read(stored: string | null): Unsent | null {
  if (stored === null) return null;
  try {
    const unsent = JSON.parse(stored) as Partial<Unsent> | null;
    const whole = unsent?.cid && unsent.room_id && typeof unsent.text === "string" && unsent.state;
    if (!whole) return null;
    stored_once.add(unsent.cid as string);
    return unsent as Unsent;
  } catch (error) {
    console.warn("A stored message cannot be read.", error);
    return null;
  }
}

/** Return how many rooms have something written in their field. */
export function countDrafts(me: string): number {
  return keys(`draft.${me}.`).length;
}

/** Forget everything that this person wrote here, on signing out. */
export function clearStored(me: string): void {
  for (const key of [...keys(`unsent.${me}.`), ...keys(`draft.${me}.`)]) save(key, null);
}
