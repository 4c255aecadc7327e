/** The rooms at the side: a column, on a narrow page a strip of icons that opens over it, on a phone the home. */
import { type CSSProperties, type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import { AccountButton } from "@/features/accounts/account-button";
import { ConnectionBar } from "@/features/connection/connection-bar";
import { DiskLine } from "@/features/connection/disk-line";
import { NoticeCard } from "@/features/notices/notice-card";
import { RoomList } from "@/features/rooms/room-list";
import { SideHead } from "@/features/rooms/side-head";
import { SideLinks } from "@/features/rooms/side-links";
import { openSide, useSideOpen } from "@/features/rooms/side-open";
import { useT } from "@/lib/i18n";
import { PHONE, useMedia } from "@/lib/media";
import type { User } from "@/lib/protocol";
import styles from "./chat-shell.module.css";
import { SideTip } from "./side-tip";
import { SidebarEdge } from "./sidebar-edge";
import { useSidebarWidth } from "./sidebar-width";

interface Props {
  user: User;
  page: string;
  /** Whether on a phone they are what is shown. */
  is_home: boolean;
  is_hidden: boolean;
}

export function Side({ user, page, is_home, is_hidden }: Props) {
  const t = useT();
  const width = useSidebarWidth((side) => side.width);
  const is_open = useSideOpen((side) => side.is_open);
  const is_page = useMedia(PHONE) && is_home;
  const tab = page === "directs" ? "directs" : "home";
  const side = useRef<HTMLElement>(null);
  useClosing(side, is_open);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "Escape" || !is_open || isApart(event.target)) return;
    openSide(false);
    side.current?.querySelector("button")?.focus();
  };
  // Who has chosen goes on in the page.
  const onClick = ({ target }: MouseEvent) => {
    if (target instanceof Element && target.closest("a")) openSide(false);
  };
  return (
    <div
      className={is_home ? styles.side_frame : `${styles.side_frame} ${styles.on_wide}`}
      role={is_page ? "main" : undefined}
      id={is_page ? "main" : undefined}
    >
      <nav
        ref={side}
        className={is_open ? `${styles.side} ${styles.open}` : styles.side}
        aria-label={t("app.navigation")}
        hidden={is_hidden}
        data-tab={tab}
        style={{ "--side": `${width}px` } as CSSProperties}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <SideHead is_page={is_page} tab={tab} account={is_page && <AccountButton user={user} />} />
        {is_page && <ConnectionBar />}
        <div className={styles.rooms}>
          <SideLinks page={page} />
          <RoomList browsing={page === "directory"} />
        </div>
        <div className={styles.side_foot}>
          <NoticeCard />
          <DiskLine />
        </div>
        <SidebarEdge />
        <SideTip side={side} />
      </nav>
    </div>
  );
}

/** Close what lies over the page as soon as one goes on beside it. */
function useClosing(side: React.RefObject<HTMLElement | null>, is_open: boolean): void {
  useEffect(() => {
    if (!is_open) return;
    const onElsewhere = ({ target }: Event) => {
      if (target instanceof Node && !side.current?.contains(target) && !isApart(target)) openSide(false);
    };
    document.addEventListener("pointerdown", onElsewhere);
    document.addEventListener("focusin", onElsewhere);
    return () => {
      document.removeEventListener("pointerdown", onElsewhere);
      document.removeEventListener("focusin", onElsewhere);
    };
  }, [side, is_open]);
}

/** Menus and dialogs belong to what opened them, wherever they hang. */
function isApart(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("dialog, [role=menu], [role=dialog]") !== null;
}
