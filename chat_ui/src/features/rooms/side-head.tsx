/** What stands above the rooms: where one is, and the ways to another room. */
import { memo, useState } from "react";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import { openOverlay } from "@/lib/overlay";
import { FindPersonDialog } from "./find-person-dialog";
import styles from "./room-list.module.css";
import { toggleUnreadOnly, useUnreadOnly } from "./unread-only";

export const SideHead = memo(function SideHead() {
  const t = useT();
  const { unread_only } = useUnreadOnly();
  const [writing, setWriting] = useState(false);
  return (
    <header className={styles.side_head}>
      <strong className="ellipsis">ChatFlow</strong>
      <button
        type="button"
        className="icon-button"
        aria-label={t("rooms.unread_only")}
        title={t("rooms.unread_only")}
        aria-pressed={unread_only}
        onClick={toggleUnreadOnly}
      >
        <Icon name="filter" />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={t("switcher.title")}
        title={t("switcher.title")}
        onClick={() => openOverlay("switcher")}
      >
        <Icon name="search" />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={t("rooms.compose")}
        title={t("rooms.compose")}
        onClick={() => setWriting(true)}
      >
        <Icon name="compose" />
      </button>
      {writing && <FindPersonDialog onClose={() => setWriting(false)} />}
    </header>
  );
});
