/** Chooses the page's language from a corner of it. */
import { chooseLanguage } from "@/lib/account-preferences";
import { LANGUAGE_OPTIONS, useLanguage, useT } from "@/lib/i18n";
import { Choice } from "./choice";

export function LanguageChoice() {
  const t = useT();
  return (
    <Choice
      label={t("account.language")}
      value={useLanguage()}
      options={LANGUAGE_OPTIONS}
      onChoose={chooseLanguage}
      icon="language"
    />
  );
}
