/** The panel beside a conversation: a head that names it and leads out of it, and below whatever it shows. */
import type { KeyboardEvent, ReactNode, Ref } from "react";
import { isImeKey } from "@/lib/ime";
import { PHONE, useMedia } from "@/lib/media";
import { navigate } from "@/lib/router";
import { Icon } from "./icon";
import { Link } from "./link";
import styles from "./panel.module.css";

interface Props {
  /** What a screen reader calls it. */
  label: string;
  title: string;
  lead: string;
  /** How its way out is called, and where it leads or what it does. */
  close: { label: string; to: string } | { label: string; onClose: () => void };
  /** Stands in the head before the way out. */
  action?: ReactNode;
  className?: string | undefined;
  ref?: Ref<HTMLElement>;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ReactNode;
}

export function Panel({ label, title, lead, close, action, className = "", ref, onKeyDown, children }: Props) {
  const onEscape = (event: KeyboardEvent) => {
    onKeyDown?.(event);
    if (event.key !== "Escape" || event.defaultPrevented || isImeKey(event.nativeEvent)) return;
    // What lies over the panel is closed before it.
    if (event.target instanceof Element && event.target.closest("dialog, [role=menu], [role=dialog]")) return;
    event.preventDefault();
    if ("to" in close) navigate(close.to);
    else close.onClose();
  };
  const is_phone = useMedia(PHONE);
  const way_out =
    "to" in close ? (
      <Link to={close.to} className="icon-button" aria-label={close.label} title={close.label}>
        <Icon name={is_phone ? "back" : "close"} />
      </Link>
    ) : (
      <button
        type="button"
        className="icon-button"
        aria-label={close.label}
        title={close.label}
        onClick={close.onClose}
      >
        <Icon name={is_phone ? "back" : "close"} />
      </button>
    );
  return (
    <aside ref={ref} className={`${styles.panel} ${className}`} aria-label={label} onKeyDown={onEscape}>
      <header className={styles.head}>
        {/* There it is a page, and one goes back from it. */}
        {is_phone && way_out}
        <div className={styles.title}>
          <h2 className="ellipsis">{title}</h2>
          <p>{lead}</p>
        </div>
        {action}
        {!is_phone && way_out}
      </header>
      {children}
    </aside>
  );
}
