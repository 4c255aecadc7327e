/** Says that the inbox is empty, and what would come into it. */
import { Icon, type IconName } from "@/components/icon";
import { useT } from "@/lib/i18n";
import type { Filter } from "@/lib/router";
import styles from "./inbox.module.css";

type About = Filter | "followed";

const ICONS: Record<About, IconName> = {
  all: "inbox",
  mention: "at",
  thread: "thread",
  unread: "hash",
  followed: "thread",
};

export function NothingWaits({ about }: { about: About }) {
  const t = useT();
  return (
    <div className={styles.empty} role="status">
      <span className={styles.tile}>
        <Icon name={ICONS[about]} />
      </span>
      <h2>{t(`inbox.empty_${about}`)}</h2>
      <p>{t(`inbox.empty_${about}_about`)}</p>
    </div>
  );
}
