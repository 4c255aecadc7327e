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

/** Take what the person chose, wherever that was; what this browser kept is shown until then. */
export async function readMyTimeZone(): Promise<void> {
  const before = choices;
  try {
    await line;
    kept = (await call<Profile>("GET", PATH)).time_zone;
    // Whoever chose another one meanwhile is ahead of the answer.
    if (choices === before) setTimeZone(kept);
  } catch (error) {
    console.warn("The time zone of the person is not known yet.", error);
  }
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
