/** Which language the page has, and where its words are. */
import { load, save } from "@/lib/storage";

export const LANGUAGES = { en: "English", ko: "한국어" } as const;
export type Language = keyof typeof LANGUAGES;

const LANGUAGE_KEY = "language";
const WORDS: Record<Language, () => Promise<{ words: Record<string, string> }>> = {
  en: () => import("./en"),
  ko: () => import("./ko"),
};

/** Return what was chosen in this browser, else the first of its languages that there is. */
export function chosenLanguage(): Language {
  const wished = [load(LANGUAGE_KEY) ?? "", ...navigator.languages].map((tag) => tag.split("-")[0] ?? "");
  return wished.find((tag): tag is Language => tag in LANGUAGES) ?? "en";
}

export function keepLanguage(chosen: Language): void {
  save(LANGUAGE_KEY, chosen);
}

export async function loadWordsOf(language: Language): Promise<Record<string, string>> {
  return (await WORDS[language]()).words;
}
