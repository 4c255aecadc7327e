/** Keeps unsent messages over a reload: a key for each, so that two tabs do not overwrite each other's. */
import { keys, load, save } from "@/lib/storage";
import { requeue, type Unsent } from "./outbox";

export function loadOutbox(me: string): Unsent[] {
  const stored = keys(`unsent.${me}.`).flatMap((key) => read(load(key)) ?? []);
  return requeue(stored)
    .map((unsent) => (unsent.state === "sent" ? { ...unsent, state: "queued" as const } : unsent))
    .sort((a, b) => a.written_at - b.written_at);
}

/** Store what changed from one outbox to the next; returns whether all of it is kept. */
export function saveOutbox(me: string, before: Unsent[], after: Unsent[]): boolean {
  let kept = true;
  const old = new Map(before.map((unsent) => [unsent.cid, unsent]));
  for (const unsent of after) {
    if (old.get(unsent.cid) !== unsent) kept = save(`unsent.${me}.${unsent.cid}`, JSON.stringify(unsent)) && kept;
    old.delete(unsent.cid);
  }
  for (const cid of old.keys()) save(`unsent.${me}.${cid}`, null);
  return kept;
}

/** Return the message that was stored; what is no message is left alone and breaks nothing. */
function read(stored: string | null): Unsent | null {
  if (stored === null) return null;
  try {
    const unsent = JSON.parse(stored) as Partial<Unsent> | null;
    const whole = unsent?.cid && unsent.room_id && typeof unsent.text === "string" && unsent.state;
    return whole ? (unsent as Unsent) : null;
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
