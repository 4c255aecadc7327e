/** The page's languages: it follows the browser until the person chooses, and loads only the one that is shown. */
import { useSyncExternalStore } from "react";
import { ApiError } from "@/lib/api";
import type { words } from "./en";
import { chosenLanguage, keepLanguage, LANGUAGES, type Language, loadWordsOf } from "./language";
import { explainRefusal, type Refusal, refusalIn } from "./refusals";
import { followTimeFormat, type TimeFormat, timeFormat } from "./time-format";
import { followTimeZone, timeZone } from "./time-zone";

export { LANGUAGES, type Language } from "./language";

/** Each in its own words. */
export const LANGUAGE_OPTIONS = Object.entries(LANGUAGES).map(([tag, label]) => ({
  value: tag as Language,
  label,
  lang: tag,
}));

/** A key with plural forms is named without their suffix. */
type Key = keyof typeof words extends infer K ? (K extends `${infer Stem}_${"one" | "other"}` ? Stem : K) : never;
export type Translate = (key: Key, values?: Record<string, string | number>) => string;

/** What is said while nothing can be loaded. */
const OFFLINE = /^(link|disk|outbox)\.|^messages\.(waiting|write_later|drafts_kept)$/;
const PLACE = /\{\{(\w+)\}\}/g;

const known: Partial<Record<Language, Record<string, string>>> = {};
const plurals: Partial<Record<Language, Intl.PluralRules>> = {};
let shown = chosenLanguage();
announce();

/** Say it in the language that is shown; a number called `count` chooses among the plural forms. */
export const t: Translate = (key, values) => {
  const words = known[shown] ?? {};
  const saying = (values?.count !== undefined && ofCount(words, key, Number(values.count))) || (words[key] ?? key);
  return values ? saying.replace(PLACE, (_, name: string) => String(values[name] ?? "")) : saying;
};

/** Grows when the language changes, or how and in which zone it writes the time. */
let round = 0;
const listeners = new Set<() => void>();

/** Return the translator, and render again when the language changes, or how it writes the time. */
export function useT(): Translate {
  useSyncExternalStore(follow, () => round);
  return t;
}

export function useTimeFormat(): TimeFormat {
  return useSyncExternalStore(follow, currentTimeFormat);
}

export function currentTimeFormat(): TimeFormat {
  return timeFormat(shown);
}

export function useTimeZone(): string | undefined {
  return useSyncExternalStore(follow, timeZone);
}

export function useLanguage(): Language {
  return useSyncExternalStore(follow, language);
}

export function language(): Language {
  return shown;
}

/** Load the words of the language that is shown; before that nothing can be said. */
export async function loadWords(): Promise<void> {
  await need(language());
}

/** Change the language; the page stays in the one before while its words are on their way. */
export async function setLanguage(chosen: Language): Promise<void> {
  keepLanguage(chosen);
  if (!known[chosen]) await need(chosen);
  shown = chosen;
  announce();
  tell();
}

/** Make the words of a language known. */
export function addWords(language: Language, words: Record<string, string>): void {
  known[language] = words;
}

/** Return all that is said without a connection, for its letters. */
export function saidOffline(): string {
  const said = Object.entries(known[shown] ?? {}).filter(([key]) => OFFLINE.test(key));
  return said.map(([, words]) => words).join("");
}

/** Return what went wrong, in the person's language. */
export function explain(error: unknown): string {
  const body = error instanceof ApiError ? error.body : null;
  const key = `error.${body?.code}`;
  if (!body || known[shown]?.[key] === undefined) return t("error.internal");
  return body.code === "invalid" ? explainRefusal(body.message, t) : t(key as Key);
}

/** Return which field was not taken and why, or null where that is not what went wrong. */
export function refusalOf(error: unknown): Refusal | null {
  return error instanceof ApiError && error.body.code === "invalid" ? refusalIn(error.body.message, t) : null;
}

async function need(language: Language): Promise<void> {
  if (!known[language]) addWords(language, await loadWordsOf(language));
}

/** Return the form for so many, else the one for most numbers; undefined where the words have none. */
function ofCount(words: Record<string, string>, key: string, count: number): string | undefined {
  if (words[`${key}_other`] === undefined) return undefined;
  const plural = plurals[shown] ?? new Intl.PluralRules(shown);
  plurals[shown] = plural;
  return words[`${key}_${plural.select(count)}`] ?? words[`${key}_other`];
}

// One for all: nearly everything on the page follows.
followTimeFormat(tell);
followTimeZone(tell);

function tell(): void {
  round += 1;
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tell the browser, for its voice, its hyphens and its fonts. */
function announce(): void {
  document.documentElement.lang = language();
}
