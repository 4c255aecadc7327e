/** What stands above the rooms: where one is, and the ways to another room. */
import { type ReactNode, Suspense, useState } from "react";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import { openOverlay } from "@/lib/overlay";
import { FindPersonDialog } from "./lazy-dialogs";
import styles from "./side-head.module.css";
import { openSide, useSideOpen } from "./side-open";
import { toggleUnreadOnly, useUnreadOnly } from "./unread-only";

interface Props {
  /** Whether the rooms are the page itself. */
  is_page: boolean;
  tab: "home" | "directs";
  account: ReactNode;
}

export function SideHead({ is_page, tab, account }: Props) {
  const t = useT();
  const { unread_only } = useUnreadOnly();
  const is_open = useSideOpen((side) => side.is_open);
  const [writing, setWriting] = useState(false);
  const Title = is_page ? "h1" : "strong";
  return (
    <header className={styles.head}>
      <button
        type="button"
        className={`icon-button ${styles.opens}`}
        aria-label={t("rooms.open_side")}
        title={t("rooms.open_side")}
        aria-expanded={is_open}
        onClick={() => openSide(!is_open)}
      >
        <Icon name="side" />
      </button>
      {is_page && <img src="/favicon.svg" alt="" width="36" height="36" />}
      <Title className="ellipsis">{is_page && tab === "directs" ? t("rooms.directs") : "ChatFlow"}</Title>
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
        className={`icon-button ${styles.finds}`}
        aria-label={is_page ? undefined : t("switcher.title")}
        title={is_page ? undefined : t("switcher.title")}
        onClick={() => openOverlay("switcher")}
      >
        <Icon name="search" />
        {is_page && <span className="ellipsis">{t("switcher.field")}</span>}
      </button>
      <button
        type="button"
        className={`icon-button ${styles.composes}`}
        aria-label={t("rooms.compose")}
        title={t("rooms.compose")}
        onClick={() => setWriting(true)}
      >
        <Icon name="compose" />
      </button>
      {account}
      <Suspense>{writing && <FindPersonDialog onClose={() => setWriting(false)} />}</Suspense>
    </header>
  );
}
