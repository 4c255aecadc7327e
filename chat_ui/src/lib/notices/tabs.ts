/** What the tabs of one browser agree on, by locks that end with the tab that holds them: who looks, and who acts for all. */
import { followFocus, isFocused } from "@/lib/focus";

const LOOKED_AT = "chatflow.looked_at";
// A tab hears of a notice some seconds after another one at most.
const CLAIMS_KEPT = 50;

/** Ends the lock by which this tab says that it is looked at. */
let lookAway: (() => void) | null = null;
/** What this tab took upon itself, the latest last. */
const claims: (() => void)[] = [];

/** Have the other tabs know while this one is looked at. */
export function shareLooking(): () => void {
  const stop = followFocus(look);
  look();
  return () => {
    stop();
    lookAway?.();
    lookAway = null;
  };
}

/** Tell whether any tab is looked at. */
export async function isAnyLookedAt(): Promise<boolean> {
  if (isFocused()) return true;
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === LOOKED_AT);
}

/** Return true in one tab only, whichever comes first. */
export function claim(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(`chatflow.claim.${name}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(keep);
      })
      .catch((error) => {
        console.warn("A notice is left to the other tabs.", error);
        resolve(false);
      });
  });
}

/** Hold a claim until many later ones were made. */
function keep(release: () => void): void {
  claims.push(release);
  if (claims.length > CLAIMS_KEPT) claims.shift()?.();
}

function look(): void {
  if (isFocused() === (lookAway !== null) || !navigator.locks) return;
  if (lookAway) {
    lookAway();
    lookAway = null;
    return;
  }
  const away = new Promise<void>((resolve) => {
    lookAway = resolve;
  });
  navigator.locks
    .request(LOOKED_AT, { mode: "shared" }, () => away)
    .catch((error) => console.warn("Other tabs do not know that this one is looked at.", error));
}
