/** Offers what another tab wrote in the same field meanwhile. */
import { useT } from "@/lib/i18n";
import styles from "./composer.module.css";
import { oneLine } from "./one-line";

interface Props {
  text: string;
  onInsert: () => void;
  onDrop: () => void;
}

export function Aside({ text, onInsert, onDrop }: Props) {
  const t = useT();
  return (
    <div className={styles.aside} role="status">
      <span className="ellipsis">
        {t("messages.aside")} <span className="soft">{oneLine(text)}</span>
      </span>
      <button type="button" className="button small" onClick={onInsert}>
        {t("messages.aside_insert")}
      </button>
      <button type="button" className="button small danger" onClick={onDrop}>
        {t("messages.discard")}
      </button>
    </div>
  );
}
