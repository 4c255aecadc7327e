/** A place in a queue as people say it: 2nd, 2번째. */
import { language } from "./index";

const RULES = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

export function ordinal(place: number): string {
  return language() === "ko" ? `${place}번째` : `${place}${ENDINGS[RULES.select(place)] ?? "th"}`;
}
