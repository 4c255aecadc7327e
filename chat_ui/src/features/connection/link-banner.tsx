/** Says when the page is not live, and what that means; a blink of a reconnect is not worth a word. */
import { useEffect, useState } from "react";
import { reconnect } from "@/lib/chat/socket";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import styles from "./link-banner.module.css";

const GRACE_MILLISECONDS = 1_500;

export function LinkBanner() {
  const t = useT();
  const link = useChat((chat) => chat.link);
  const settled = useSettled(link !== "online");
  return (
    <div role="status">
      {settled && link !== "online" && (
        <p className={styles.banner}>
          <span>{t(`link.${link}`)}</span>
          {link !== "connecting" && (
            <button type="button" className="text-button" onClick={reconnect}>
              {t(link === "ended" ? "link.use_here" : "link.try_now")}
            </button>
          )}
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
