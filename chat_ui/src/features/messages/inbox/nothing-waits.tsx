/** Says that the inbox is empty, and what would come into it. */
import { EmptyState } from "@/components/empty-state";
import type { IconName } from "@/components/icon";
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
      <EmptyState icon={ICONS[about]} title={t(`inbox.empty_${about}`)} about={t(`inbox.empty_${about}_about`)} />
    </div>
  );
}
