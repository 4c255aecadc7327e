/** Says that a part of the page could not be loaded, and tries again at a press. */
import { useT } from "@/lib/i18n";
import { Alert } from "./alert";
import styles from "./part-failed.module.css";

export function PartFailed({ again }: { again: () => void }) {
  const t = useT();
  return (
    <div className={styles.failed}>
      <Alert>{t("app.part_failed")}</Alert>
      <button type="button" className="button" onClick={again}>
        {t("app.retry")}
      </button>
    </div>
  );
}
