/** Says in the person's language what the server did not take: it names the field, and its sentence is for developers. */
import type { Translate } from "./index";

/** The fields that a person fills, as the server calls them. */
const FIELDS = [
  "name",
  "topic",
  "description",
  "section",
  "text",
  "username",
  "display_name",
  "password",
  "email",
] as const;

const FIELD = /at `\$\.(\w+)|^(\w+)(?:\.\w+)*: /;
const BETWEEN = /between (\d+) and (\d+) characters/;
const AT_MOST = /(?:at most|length <=|more than) (\d+)/i;

/** By what its sentence says, the first that fits. */
const REASONS = [
  [/too common/, "error.reason_common"],
  [/not your name/, "error.reason_like_name"],
  [/different characters|rows of keys/, "error.reason_simple"],
  [/one script only|everyday use|accent|letters and digits/, "error.reason_letters"],
  [/is empty|length >= 1|can be seen/, "error.reason_empty"],
  [/has passed|time to come/, "error.reason_past"],
  [/control characters|combining marks/i, "error.reason_characters"],
  [/emoji/, "error.reason_emoji"],
  [/e-mail address|on the internet/, "error.reason_email"],
] as const;

export interface Refusal {
  field: (typeof FIELDS)[number] | null;
  reason: string;
}

export function refusalIn(message: string, t: Translate): Refusal {
  const named = FIELD.exec(message);
  return { field: FIELDS.find((one) => one === (named?.[1] ?? named?.[2])) ?? null, reason: reasonOf(message, t) };
}

export function explainRefusal(message: string, t: Translate): string {
  const { field, reason } = refusalIn(message, t);
  return field ? t("error.invalid_field", { field: t(`error.field_${field}`), reason }) : reason;
}

function reasonOf(message: string, t: Translate): string {
  const between = BETWEEN.exec(message);
  if (between) return t("error.reason_between", { least: between[1] ?? "", most: between[2] ?? "" });
  const most = AT_MOST.exec(message);
  if (most && !/combining/.test(message)) return t("error.reason_too_long", { most: most[1] ?? "" });
  const known = REASONS.find(([sentence]) => sentence.test(message));
  return t(known?.[1] ?? "error.invalid");
}
