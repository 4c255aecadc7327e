/** Says under a page's header when the page is not live, and what that means; a blink of a reconnect is not worth a word. */
import { useEffect, useState } from "react";
import { Icon } from "@/components/icon";
import { reconnect } from "@/lib/chat/socket";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { openOutbox } from "@/lib/overlay";
import styles from "./connection-bar.module.css";

const GRACE_MILLISECONDS = 1_500;

export function ConnectionBar() {
  const t = useT();
  const link = useChat((chat) => chat.link);
  const waiting = useChat(({ outbox }) => outbox.filter(({ state }) => state !== "failed").length);
  const settled = useSettled(link !== "online");
  // The browser knows of its network at once; a server that restarts is back before one has read a word.
  const shown = link !== "online" && (settled || !navigator.onLine);
  return (
    <div role="status">
      {shown && (
        <p className={link === "connecting" ? `${styles.bar} ${styles.connecting}` : styles.bar}>
          <Icon name={link === "connecting" ? "reconnect" : "offline"} />
          <span>
            <strong>{t(`link.${link}`)}</strong> {link !== "connecting" && t("link.waiting", { count: waiting })}
          </span>
          <span className={styles.choices}>
            {waiting > 0 && (
              <button type="button" className="button small" onClick={openOutbox}>
                {t("outbox.open")}
              </button>
            )}
            {link !== "connecting" && (
              <button type="button" className={link === "ended" ? "button small" : "text-button"} onClick={reconnect}>
                {t(link === "ended" ? "link.use_here" : "link.try_now")}
              </button>
            )}
          </span>
        </p>
      )}
    </div>
  );
}

/** Return true once `value` has held for the grace. */
function useSettled(value: boolean): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!value) {
      setSettled(false);
      return;
    }
    const timer = setTimeout(() => setSettled(true), GRACE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
