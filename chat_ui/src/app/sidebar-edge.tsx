/** The edge of the list of rooms, which is dragged, or moved by the arrow keys; a double press puts it back. */
import type { KeyboardEvent, PointerEvent } from "react";
import { useT } from "@/lib/i18n";
import styles from "./chat-shell.module.css";
import { NARROWEST, resetSidebarWidth, setSidebarWidth, useSidebarWidth, WIDEST } from "./sidebar-width";

const STEP = 10;

export function SidebarEdge() {
  const t = useT();
  const { width } = useSidebarWidth();
  const onKeyDown = (event: KeyboardEvent) => {
    const wanted = {
      ArrowLeft: width - STEP,
      ArrowRight: width + STEP,
      Home: NARROWEST,
      End: WIDEST,
    }[event.key];
    if (wanted === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    setSidebarWidth(wanted);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture?.(event.pointerId)) return;
    const list = event.currentTarget.parentElement;
    if (list) setSidebarWidth(event.clientX - list.getBoundingClientRect().left);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot be moved.
    <div
      role="separator"
      className={styles.edge}
      aria-label={t("app.sidebar_width")}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture?.(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={resetSidebarWidth}
    />
  );
}
