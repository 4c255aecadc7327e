/** A place in a queue as people say it: 2nd, 2번째. */
import { language } from "./index";

const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

export function ordinal(place: number): string {
  if (language() === "ko") return `${place}번째`;
  return `${place}${ENDINGS[new Intl.PluralRules("en", { type: "ordinal" }).select(place)] ?? "th"}`;
}
