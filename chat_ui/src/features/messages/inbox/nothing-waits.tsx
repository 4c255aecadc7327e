/** Says that the inbox is empty, and what would come into it. */
import { Icon, type IconName } from "@/components/icon";
import { useT } from "@/lib/i18n";
import type { Filter } from "@/lib/router";
import styles from "./inbox.module.css";

const ICONS: Record<Filter, IconName> = { all: "inbox", mention: "at", thread: "thread", unread: "hash" };

export function NothingWaits({ filter }: { filter: Filter }) {
  const t = useT();
  return (
    <div className={styles.empty} role="status">
      <span className={styles.tile}>
        <Icon name={ICONS[filter]} />
      </span>
      <h2>{t(`inbox.empty_${filter}`)}</h2>
      <p>{t(`inbox.empty_${filter}_about`)}</p>
    </div>
  );
}
