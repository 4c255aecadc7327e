/** A note that goes by itself after a while, but not from under a pointer or the focus. */
import { type FocusEvent, type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { useT } from "@/lib/i18n";
import { Icon } from "./icon";
import styles from "./toast.module.css";

const SHOWN_MILLISECONDS = 6_000;

interface Props {
  onEnd: () => void;
  /** Stays until it is closed. */
  stays?: boolean;
  children: ReactNode;
}

export function ToastFrame({ onEnd, stays = false, children }: Props) {
  const t = useT();
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const held = pointed || focused || stays;
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => end(), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [held]);
  const leave = (event: FocusEvent) => setFocused(event.currentTarget.contains(event.relatedTarget));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it is only held, its buttons are what is pressed.
    <div
      className={styles.toast}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setFocused(true)}
      onBlur={leave}
    >
      {children}
      <button type="button" className={`icon-button ${styles.close}`} aria-label={t("notice.dismiss")} onClick={onEnd}>
        <Icon name="close" />
      </button>
    </div>
  );
}
