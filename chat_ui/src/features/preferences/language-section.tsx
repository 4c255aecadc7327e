/** The language of the page, and how it writes the time. */
import { useState } from "react";
import { Segments } from "@/components/segments";
import { LANGUAGE_OPTIONS, setLanguage, useLanguage, useT, useTimeFormat } from "@/lib/i18n";
import { setTimeFormat, TIME_FORMATS } from "@/lib/i18n/time-format";
import { clockTimeIn } from "@/lib/i18n/times";
import { Section } from "./section";

export function LanguageSection() {
  const t = useT();
  const chosen = useTimeFormat();
  // Past noon, where the two differ.
  const [example] = useState(() => new Date(2026, 0, 1, 14, 20));
  const options = TIME_FORMATS.map((format) => ({
    value: format,
    label: t(`preferences.time_${format}`, { example: clockTimeIn(example, format) }),
  }));
  return (
    <Section title={t("preferences.language")}>
      <Segments
        label={t("account.language")}
        value={useLanguage()}
        options={LANGUAGE_OPTIONS}
        onChoose={(language) => void setLanguage(language)}
      />
      <Segments label={t("preferences.time")} value={chosen} options={options} onChoose={setTimeFormat} />
    </Section>
  );
}
