/** Offers to install the page as an app, where the browser can. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { explain, useT } from "@/lib/i18n";
import { install } from "@/lib/install";
import styles from "./install-card.module.css";

export function InstallCard() {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const ask = () => {
    setFailure(null);
    install().catch((error) => setFailure(explain(error)));
  };
  return (
    <div className={styles.card}>
      <img src="/favicon.svg" alt="" width="36" height="36" />
      <div>
        <strong>{t("welcome.install")}</strong>
        <p>{t("welcome.install_about")}</p>
        <Alert>{failure}</Alert>
      </div>
      <button type="button" className="button small" onClick={ask}>
        {t("welcome.install_now")}
      </button>
    </div>
  );
}
