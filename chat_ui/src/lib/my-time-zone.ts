/** The time zone that the person chose, on all of their devices: it is shown at once, and kept by the server. */
import { call } from "./api";
import { setTimeZone, timeZone } from "./i18n/time-zone";
import type { ChangeMeBody, Profile } from "./protocol";

const PATH = "/api/users/me";

let choices = 0;
/** What the server has, as far as this page knows. */
let kept = timeZone() ?? null;
/** The last of what is on its way: one goes after the other, so that the last one holds. */
let line: Promise<unknown> = Promise.resolve();

/** Ask for the account and take the zone that the person chose, wherever that was; until then the kept one is shown. */
export async function readMyTimeZone(): Promise<Profile> {
  const before = choices;
  await line;
  const me = await call<Profile>("GET", PATH);
  kept = me.time_zone ?? null;
  // Whoever chose another one meanwhile is ahead of the answer.
  if (choices === before) setTimeZone(kept);
  return me;
}

/** Choose a zone, or that of the device; one that the server does not keep is not shown on. */
export async function chooseTimeZone(zone: string | null): Promise<void> {
  choices += 1;
  const mine = choices;
  setTimeZone(zone);
  const answer = line.then(() => call<Profile>("PATCH", PATH, { time_zone: zone } satisfies ChangeMeBody));
  line = answer.catch(() => {});
  try {
    await answer;
    kept = zone;
  } catch (error) {
    if (choices === mine) setTimeZone(kept);
    throw error;
  }
}
