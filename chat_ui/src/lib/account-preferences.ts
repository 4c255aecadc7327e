/**
 * The language and the time zone of the person, in step with their account: what was chosen last holds on every device.
 * What is chosen while the account is asked, or could not be told to it yet, is not overwritten by what it says.
 */
import { call } from "./api";
import { LANGUAGES, type Language, language, setLanguage } from "./i18n";
import { setTimeZone } from "./i18n/time-zone";
import type { ChangeMeBody, Profile } from "./protocol";
import { useSession } from "./session";
import { load, save } from "./storage";

/** Who chose a language that the account does not know yet. */
const OWED_KEY = "language_owed";
// Chosen on this page before anybody had signed in: whoever signs in next on it is who chose.
let is_chosen_before = false;
let languages_chosen = 0;
let zones_chosen = 0;

/** Show the page in a language, here at once and on one's other devices when they are opened. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  languages_chosen += 1;
  const me = useSession.getState().user?.id;
  if (me) save(OWED_KEY, me);
  else is_chosen_before = true;
  await setLanguage(chosen);
  if (me) await tellLanguage();
}

/** Show times in a zone, null being that of each device; raises what the server answers where it is not kept. */
export async function chooseTimeZone(chosen: string | null): Promise<void> {
  zones_chosen += 1;
  setTimeZone(chosen);
  await change({ time_zone: chosen });
}

/** Take what the account says, or tell it what was chosen here. */
export async function agreeWithAccount(me: string): Promise<void> {
  const [languages, zones] = [languages_chosen, zones_chosen];
  try {
    const { locale, time_zone } = await call<Profile>("GET", "/api/users/me");
    if (zones === zones_chosen) setTimeZone(time_zone ?? null);
    if (languages !== languages_chosen) return;
    // An account that never chose gets the language of the page: mails are written in it.
    if (!locale || is_chosen_before || load(OWED_KEY) === me) return await tellLanguage();
    const known = Object.keys(LANGUAGES).find((one): one is Language => one === locale.split("-")[0]);
    if (known && known !== language()) await setLanguage(known);
  } catch (error) {
    console.warn("The account could not be asked for the language and the time zone yet.", error);
  }
}

async function tellLanguage(): Promise<void> {
  const told = languages_chosen;
  try {
    await change({ locale: language() });
  } catch (error) {
    console.warn("The account does not know the language yet.", error);
    return;
  }
  if (told !== languages_chosen) return;
  is_chosen_before = false;
  save(OWED_KEY, null);
}

async function change(changes: ChangeMeBody): Promise<void> {
  await call<Profile>("PATCH", "/api/users/me", changes);
}
