/** Something secret that is shown this once, with the button that copies it. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import styles from "./details.module.css";

export function ShownOnce({ label, text }: { label: string; text: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  const [failed, setFailed] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setFailed(false);
    } catch (error) {
      console.warn("It could not be copied.", error);
      setFailed(true);
    }
  };
  return (
    <>
      <Alert>{failed ? t("messages.copy_failed") : null}</Alert>
      <div className={styles.link_row}>
        <input readOnly aria-label={label} value={text} onFocus={(event) => event.target.select()} />
        <button type="button" className="button" onClick={copy}>
          <Icon name="copy" small /> {t(copied ? "details.copied" : "details.copy")}
        </button>
      </div>
    </>
  );
}
