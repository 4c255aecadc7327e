/** Times as people read them; `at` is for display only. */
import { currentTimeFormat, language, t } from "./index";
import type { TimeFormat } from "./time-format";
import { dayNumber, onTheWall, timeZone } from "./time-zone";

const formats = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();

const CYCLES = { "24": "h23", "12": "h12" } as const;

export function clockTime(at: Date): string {
  return clockTimeIn(at, currentTimeFormat());
}

/** Write the time with as many hours as are asked for. */
export function clockTimeIn(at: Date, hours: TimeFormat): string {
  // No locale leaves out the zero before a single figure, as one reads it: 9:41.
  if (hours === "24") {
    const wall = onTheWall(at);
    return `${wall.getUTCHours()}:${String(wall.getUTCMinutes()).padStart(2, "0")}`;
  }
  return format("clock", { hour: "numeric", minute: "2-digit", hourCycle: CYCLES[hours] }).format(at);
}

export function fullTime(at: Date): string {
  const hours = currentTimeFormat();
  return format(`full-${hours}`, { dateStyle: "full", timeStyle: "short", hourCycle: CYCLES[hours] }).format(at);
}

/** Name the day as one would say it. */
export function dayName(at: Date, now: Date): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return t("messages.today");
  if (days === 1) return t("messages.yesterday");
  return fullDay(at, now);
}

/** Name the day in full, and say so if it is today or yesterday. */
export function dayTitle(at: Date, now: Date): string {
  const name = dayName(at, now);
  const date = fullDay(at, now);
  return name === date ? date : `${name}, ${date}`;
}

function fullDay(at: Date, now: Date): string {
  const year = yearOf(at) === yearOf(now) ? undefined : "numeric";
  return format(`day-${year}`, { weekday: "long", month: "long", day: "numeric", year }).format(at);
}

/** Name a moment that was, for the edge of a row: today by its hour, yesterday too, before by its day. */
export function shortTime(at: Date, now: Date): string {
  const days = dayNumber(now) - dayNumber(at);
  if (days <= 0) return clockTime(at);
  if (days === 1) return `${t("messages.yesterday")} ${clockTime(at)}`;
  const year = yearOf(at) === yearOf(now) ? undefined : "numeric";
  return format(`short-${year}`, { month: "short", day: "numeric", year }).format(at);
}

/** Name a moment to come: today by its hour, within a week by its weekday, later by its day. */
export function momentName(at: Date, now: Date): string {
  const days = dayNumber(at) - dayNumber(now);
  if (days === 0) return clockTime(at);
  if (days < 7) return format("weekday", { weekday: "long" }).format(at);
  return format("date", { dateStyle: "medium" }).format(at);
}

/** Name when something ends: today by its hour, on another day by that day and its hour. */
export function endName(at: Date, now: Date): string {
  return isSameDay(at, now) ? clockTime(at) : `${momentName(at, now)} ${clockTime(at)}`;
}

/** Say how long ago something was, roughly; what is older than a week by its day. */
export function sinceThen(at: Date, now: Date): string {
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000);
  if (minutes > -1) return t("people.just_now");
  if (minutes > -60) return relative().format(minutes, "minute");
  if (minutes > -24 * 60) return relative().format(Math.round(minutes / 60), "hour");
  const days = dayNumber(at) - dayNumber(now);
  if (days > -7) return relative().format(Math.min(-1, days), "day");
  return format("date", { dateStyle: "medium" }).format(at);
}

export function isSameDay(one: Date, other: Date): boolean {
  return dayNumber(one) === dayNumber(other);
}

function yearOf(at: Date): number {
  return onTheWall(at).getUTCFullYear();
}

function relative(): Intl.RelativeTimeFormat {
  const made = relatives.get(language()) ?? new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  relatives.set(language(), made);
  return made;
}

/** Formats are costly to make, so each is made once per language and zone. */
function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()}-${timeZone()}-${name}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(language(), { ...options, timeZone: timeZone() });
  formats.set(key, made);
  return made;
}
