/** Chooses the page's language from a corner of it. */
import { LANGUAGE_OPTIONS, setLanguage, useLanguage, useT } from "@/lib/i18n";
import { Choice } from "./choice";

export function LanguageChoice() {
  const t = useT();
  return (
    <Choice
      label={t("account.language")}
      value={useLanguage()}
      options={LANGUAGE_OPTIONS}
      onChoose={setLanguage}
      icon="language"
    />
  );
}
