/** The way back to the newest message, with how many are unread. */
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import styles from "./room-page.module.css";

export function LatestButton({ unread, onPress }: { unread: number; onPress: () => void }) {
  const t = useT();
  const label = unread > 0 ? t("messages.jump_new", { count: unread }) : t("messages.jump");
  return (
    <button type="button" className={styles.jump} aria-label={label} title={label} onClick={onPress}>
      <Icon name="down" />
      {unread > 0 && (
        <span className={styles.jump_count} aria-hidden="true">
          {unread > 99 ? "99+" : unread}
        </span>
      )}
    </button>
  );
}
