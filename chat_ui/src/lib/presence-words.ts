/** Says in words how somebody appears: whether they are there, else when they were last. */
import type { Translate } from "./i18n";
import { useT } from "./i18n";
import { sinceThen } from "./i18n/time-words";
import type { Appearance } from "./protocol";

export function usePresenceWords(appearance: Appearance | undefined): string {
  return presenceWords(appearance, useT());
}

function presenceWords(appearance: Appearance | undefined, t: Translate): string {
  switch (appearance?.status) {
    case undefined:
      return "";
    case "online":
      return t("people.online");
    case "away":
      return t("people.away");
    case "dnd":
      return t("people.dnd");
    default:
      return appearance?.last_seen
        ? t("people.last_seen", { time: sinceThen(new Date(appearance.last_seen), new Date()) })
        : t("people.offline");
  }
}
