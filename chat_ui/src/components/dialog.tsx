/** A modal dialog on the browser's own: it keeps the focus inside, closes on Escape and gives the focus back. */
import { type MouseEvent, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useT } from "@/lib/i18n";
import styles from "./dialog.module.css";
import { Icon } from "./icon";

interface Props {
  title: string;
  onClose: () => void;
  /** For what has columns of its own. */
  is_wide?: boolean;
  /** For what has another place than the middle. */
  className?: string | undefined;
  children: ReactNode;
}

export function Dialog({ title, onClose, is_wide = false, className, children }: Props) {
  const t = useT();
  const ref = useRef<HTMLDialogElement>(null);
  const title_id = useId();
  // Before the element goes: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // The browser would choose the button that closes.
    dialog?.querySelector<HTMLElement>("input, select")?.focus();
    return () => dialog?.close();
  }, []);
  const closeOutside = (event: MouseEvent) => {
    if (event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref}
      className={[styles.dialog, is_wide && styles.wide, className].filter(Boolean).join(" ")}
      aria-labelledby={title_id}
      onCancel={onClose}
      onMouseDown={closeOutside}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2 id={title_id}>{title}</h2>
          <button type="button" className="icon-button" aria-label={t("app.close")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
