/** Chooses the page's language. */
import { useId } from "react";
import { LANGUAGES, type Language, setLanguage, useLanguage, useT } from "@/lib/i18n";
import styles from "./language-choice.module.css";

export function LanguageChoice() {
  const t = useT();
  const id = useId();
  const language = useLanguage();
  return (
    <p className={styles.choice}>
      <label htmlFor={id}>{t("account.language")}</label>
      <select id={id} value={language} onChange={(event) => setLanguage(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </p>
  );
}
