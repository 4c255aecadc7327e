/** The page's languages: it follows the browser until the person chooses, and loads only the one that is shown. */
import i18next from "i18next";
import { useSyncExternalStore } from "react";
import { ApiError } from "@/lib/api";
import { load, save } from "@/lib/storage";
import type { words } from "./en";
import { explainRefusal, type Refusal, refusalIn } from "./refusals";
import { followTimeFormat, type TimeFormat, timeFormat } from "./time-format";

export const LANGUAGES = { en: "English", ko: "한국어" } as const;
export type Language = keyof typeof LANGUAGES;
/** Each in its own words. */
export const LANGUAGE_OPTIONS = Object.entries(LANGUAGES).map(([tag, label]) => ({
  value: tag as Language,
  label,
  lang: tag,
}));

/** A key with plural forms is named without their suffix. */
type Key = keyof typeof words extends infer K ? (K extends `${infer Stem}_${"one" | "other"}` ? Stem : K) : never;
export type Translate = (key: Key, values?: Record<string, string | number>) => string;

const LANGUAGE_KEY = "language";
const WORDS: Record<Language, () => Promise<{ words: Record<string, string> }>> = {
  en: () => import("./en"),
  ko: () => import("./ko"),
};

void i18next.init({
  lng: chosenLanguage(),
  fallbackLng: false,
  resources: {},
  keySeparator: false,
  nsSeparator: false,
  // React escapes what it renders.
  interpolation: { escapeValue: false },
  initAsync: false,
});
announce();

export const t: Translate = (key, values) => i18next.t(key as string, values ?? {});

/** Grows when the language changes, or how it writes the time. */
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
  return timeFormat(language());
}

export function useLanguage(): Language {
  return useSyncExternalStore(follow, language);
}

export function language(): Language {
  return i18next.language as Language;
}

/** Load the words of the language that is shown; before that nothing can be said. */
export async function loadWords(): Promise<void> {
  await need(language());
}

/** Change the language; the page stays in the one before while its words are on their way. */
export async function setLanguage(chosen: Language): Promise<void> {
  save(LANGUAGE_KEY, chosen);
  if (!has(chosen)) await need(chosen);
  void i18next.changeLanguage(chosen);
  announce();
}

/** Make the words of a language known. */
export function addWords(language: Language, words: Record<string, string>): void {
  i18next.addResourceBundle(language, "translation", words);
}

/** Return what went wrong, in the person's language. */
export function explain(error: unknown): string {
  const body = error instanceof ApiError ? error.body : null;
  const key = `error.${body?.code}`;
  if (!body || !i18next.exists(key)) return t("error.internal");
  return body.code === "invalid" ? explainRefusal(body.message, t) : t(key as Key);
}

/** Return which field was not taken and why, or null where that is not what went wrong. */
export function refusalOf(error: unknown): Refusal | null {
  return error instanceof ApiError && error.body.code === "invalid" ? refusalIn(error.body.message, t) : null;
}

async function need(language: Language): Promise<void> {
  if (has(language)) return;
  const { words } = await WORDS[language]();
  addWords(language, words);
}

function has(language: Language): boolean {
  return i18next.hasResourceBundle(language, "translation");
}

// One for all: nearly everything on the page follows.
i18next.on("languageChanged", tell);
followTimeFormat(tell);

function tell(): void {
  round += 1;
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function chosenLanguage(): Language {
  const wished = [load(LANGUAGE_KEY) ?? "", ...navigator.languages].map((tag) => tag.split("-")[0] ?? "");
  return wished.find((tag): tag is Language => tag in LANGUAGES) ?? "en";
}

/** Tell the browser, for its voice, its hyphens and its fonts. */
function announce(): void {
  document.documentElement.lang = language();
}
