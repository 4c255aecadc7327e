/** Chooses the page's language. */
import { LANGUAGES, type Language, setLanguage, useLanguage, useT } from "@/lib/i18n";
import { Choice } from "./choice";

const OPTIONS = Object.entries(LANGUAGES).map(([tag, name]) => ({ value: tag as Language, label: name, lang: tag }));

export function LanguageChoice() {
  const t = useT();
  return <Choice label={t("account.language")} value={useLanguage()} options={OPTIONS} onChoose={setLanguage} />;
}
