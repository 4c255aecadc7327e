/** Keeps unsent messages over a reload: a key for each, so that two tabs do not overwrite each other's. */
import { keys, load, save } from "@/lib/storage";
import type { Unsent } from "./outbox";

export function loadOutbox(me: string): Unsent[] {
  return keys(`unsent.${me}.`)
    .flatMap((key) => {
      const stored = load(key);
      return stored ? [JSON.parse(stored) as Unsent] : [];
    })
    .map((unsent) => (unsent.state === "failed" ? unsent : { ...unsent, state: "queued" as const }))
    .sort((a, b) => a.written_at - b.written_at);
}

/** Store what changed from one outbox to the next. */
export function saveOutbox(me: string, before: Unsent[], after: Unsent[]): void {
  const old = new Map(before.map((unsent) => [unsent.cid, unsent]));
  for (const unsent of after) {
    if (old.get(unsent.cid) !== unsent) save(`unsent.${me}.${unsent.cid}`, JSON.stringify(unsent));
    old.delete(unsent.cid);
  }
  for (const cid of old.keys()) save(`unsent.${me}.${cid}`, null);
}

/** Return how many rooms have something written in their field. */
export function countDrafts(me: string): number {
  return keys(`draft.${me}.`).length;
}

/** Forget everything that this person wrote here, on signing out. */
export function clearStored(me: string): void {
  for (const key of [...keys(`unsent.${me}.`), ...keys(`draft.${me}.`)]) save(key, null);
}
