/** Stands where channels will be while they load, of the height of real rows; it appears late, so that it seldom does. */
import { useT } from "@/lib/i18n";
import styles from "./directory-page.module.css";

export function RoomsSkeleton({ rows }: { rows: number }) {
  const t = useT();
  return (
    <li className={styles.loading}>
      <span className="only-read-out">{t("app.loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row's place is all that it is.
        <span key={row} className={styles.room} aria-hidden="true">
          <span className={styles.sign} />
          <span className={styles.lines} />
        </span>
      ))}
    </li>
  );
}
