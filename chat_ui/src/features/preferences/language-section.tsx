/** The language of the page, and how and where it tells the time. */
import { useState } from "react";
import { Segments } from "@/components/segments";
import { chooseLanguage } from "@/lib/account-preferences";
import { LANGUAGE_OPTIONS, useLanguage, useT, useTimeFormat } from "@/lib/i18n";
import { setTimeFormat, TIME_FORMATS } from "@/lib/i18n/time-format";
import { clockTimeIn } from "@/lib/i18n/time-words";
import { momentOf } from "@/lib/i18n/time-zone";
import { Section } from "./section";
import { ZoneChoice } from "./zone-choice";

export function LanguageSection() {
  const t = useT();
  const chosen = useTimeFormat();
  // Past noon, where the two differ.
  const [example] = useState(() => new Date(momentOf(20_000, 14).getTime() + 20 * 60_000));
  const options = TIME_FORMATS.map((format) => ({
    value: format,
    label: t(`preferences.time_${format}`, { example: clockTimeIn(example, format) }),
  }));
  return (
    <Section title={t("preferences.language")}>
      <Segments
        label={t("account.language")}
        about={t("preferences.language_foreign")}
        value={useLanguage()}
        options={LANGUAGE_OPTIONS}
        onChoose={(language) => void chooseLanguage(language)}
      />
      <Segments label={t("preferences.time")} value={chosen} options={options} onChoose={setTimeFormat} />
      <ZoneChoice />
    </Section>
  );
}
