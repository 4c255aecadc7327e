/** Stands where messages will be while they load, of the height of real rows; it appears late, so that it seldom does. */
import { useT } from "@/lib/i18n";
import styles from "./skeleton.module.css";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** `fills`: in place of all messages; else above those that are there. */
export function Skeleton({ fills }: { fills: boolean }) {
  const t = useT();
  return (
    <div className={fills ? `${styles.skeleton} ${styles.fills}` : styles.skeleton}>
      <span className="only-read-out">{t("messages.loading")}</span>
      {(fills ? ROWS : ROWS.slice(0, 2)).map((row) => (
        <div key={row} className={styles.row} aria-hidden="true">
          <span className={styles.face} />
          <span className={styles.lines}>
            <span className={styles.name} />
            <span className={styles.text} />
          </span>
        </div>
      ))}
    </div>
  );
}
