/** What the keyboard does. */
import { useT } from "@/lib/i18n";
import { openOverlay } from "@/lib/overlay";
import { setSingleKeys, useSingleKeys } from "@/lib/single-keys";
import styles from "./preferences.module.css";
import { Section, Switch } from "./section";

export function KeysSection() {
  const t = useT();
  return (
    <Section title={t("preferences.keys")}>
      <Switch
        label={t("preferences.single_keys")}
        about={t("preferences.single_keys_about")}
        on={useSingleKeys()}
        onChange={setSingleKeys}
      />
      <div className={styles.switch}>
        <span>{t("preferences.keys_list")}</span>
        <button type="button" className="button small" aria-keyshortcuts="?" onClick={() => openOverlay("keyboard")}>
          {t("keys.open")}
        </button>
      </div>
    </Section>
  );
}
