/** What one sets for oneself. Each section is a file of its own; whatever is changed holds at once. */
import { Dialog } from "@/components/dialog";
import { useT } from "@/lib/i18n";
import { KeysSection } from "./keys-section";
import { LanguageSection } from "./language-section";
import { LookSection } from "./look-section";
import styles from "./preferences.module.css";

export default function PreferencesDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  return (
    <Dialog title={t("preferences.title")} onClose={onClose} is_wide>
      <LookSection />
      <LanguageSection />
      <KeysSection />
      <p className={styles.saved}>{t("preferences.saved")}</p>
    </Dialog>
  );
}
