/**
 * The time zone in which times are shown: the person's own wherever they sign in, or that of the device. The browser keeps
 * a copy, so that a page that is loaded anew shows no other times at first.
 */
import { load, save } from "@/lib/storage";

const KEY = "time_zone";
// Zones change their clocks at such moments only.
const QUARTER = 900_000;
const DAY = 86_400_000;
// Of the messages that one looks through.
const KEPT = 5_000;

const listeners = new Set<() => void>();
const offsets = new Map<number, number>();
let clock: Intl.DateTimeFormat | undefined;
let zone = known(load(KEY));

/** Return the zone by its name; undefined is that of the device. */
export function timeZone(): string | undefined {
  return zone;
}

/** Show times in that zone; null, and one that this browser does not know, is that of the device. */
export function setTimeZone(chosen: string | null): void {
  const before = zone;
  zone = known(chosen);
  save(KEY, zone ?? null);
  if (zone === before) return;
  clock = undefined;
  offsets.clear();
  for (const listener of listeners) listener();
}

export function followTimeZone(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Return a date whose UTC fields are what the clock on the wall shows then. */
export function onTheWall(at: Date): Date {
  return new Date(at.getTime() + offsetAt(at));
}

/** Return the number of the day on the wall: days that follow each other differ by one. */
export function dayNumber(at: Date): number {
  return Math.floor(onTheWall(at).getTime() / DAY);
}

/** Return the moment at which the clock on the wall shows that hour of that day. */
export function momentOf(day: number, hour: number): Date {
  const wall = day * DAY + hour * 3_600_000;
  const near = new Date(wall - offsetAt(new Date(wall)));
  return new Date(wall - offsetAt(near));
}

function offsetAt(at: Date): number {
  if (!zone) return -at.getTimezoneOffset() * 60_000;
  const quarter = Math.floor(at.getTime() / QUARTER);
  const found = offsets.get(quarter) ?? offsetIn(zone, quarter * QUARTER);
  if (offsets.size >= KEPT) offsets.clear();
  offsets.set(quarter, found);
  return found;
}

function offsetIn(timeZone: string, moment: number): number {
  clock ??= new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const fields = Object.fromEntries(clock.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second) - moment;
}

function known(name: string | null): string | undefined {
  if (!name) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch (error) {
    console.warn("This browser does not know the time zone.", error);
    return undefined;
  }
}
