/** Whether the clock has 12 or 24 hours: as was chosen in this browser, else as the language is used to. */
import { load, save } from "@/lib/storage";
import type { Language } from "./index";

export const TIME_FORMATS = ["24", "12"] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

const KEY = "time_format";
const USUAL: Record<Language, TimeFormat> = { en: "24", ko: "12" };

const listeners = new Set<() => void>();
// Read once: every line of the page asks.
let wished = TIME_FORMATS.find((format) => format === load(KEY)) ?? null;

export function timeFormat(language: Language): TimeFormat {
  return wished ?? USUAL[language];
}

/** Choose one, or with null what the language is used to. */
export function setTimeFormat(chosen: TimeFormat | null): void {
  wished = chosen;
  save(KEY, chosen);
  for (const listener of listeners) listener();
}

export function followTimeFormat(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
