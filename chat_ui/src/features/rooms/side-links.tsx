/** The ways above the rooms that lead to something else than a room. */
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { useT } from "@/lib/i18n";
import styles from "./room-list.module.css";

export function SideLinks({ page }: { page: string }) {
  const t = useT();
  return (
    <Link to="/threads" className={styles.browse} aria-current={page === "threads" ? "page" : undefined}>
      <span className={styles.sign}>
        <Icon name="thread" />
      </span>
      {t("inbox.threads")}
    </Link>
  );
}
