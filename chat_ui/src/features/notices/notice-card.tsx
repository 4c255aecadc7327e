/** Offers to tell the person on the desktop, once somebody has called; what is put off is not offered again. */
import { useEffect, useState } from "react";
import { Icon } from "@/components/icon";
import { countCalls } from "@/lib/chat/call-counts";
import { useChat } from "@/lib/chat/store";
import { waitingRooms } from "@/lib/chat/waiting-rooms";
import { useT } from "@/lib/i18n";
import { turnOn, useWishes, wish } from "@/lib/notices/wishes";
import styles from "./notice-card.module.css";

export function NoticeCard() {
  const t = useT();
  const { allowed, on, later } = useWishes();
  const was_called = useWasCalled();
  const [refused, setRefused] = useState(false);
  const is_offered = was_called && on === null && !later && (allowed === "ask" || allowed === "granted");
  const accept = async () => setRefused((await turnOn()) === "denied");
  if (!is_offered && !refused) return null;
  return (
    <section className={styles.card} aria-label={t("preferences.notices")}>
      <p>
        <Icon name="bell" small /> {t(refused ? "desktop.denied" : "desktop.offer")}
      </p>
      <div className={styles.choices}>
        {refused ? (
          <button type="button" className="button small" onClick={() => setRefused(false)}>
            {t("app.close")}
          </button>
        ) : (
          <>
            <button type="button" className="button small" onClick={accept}>
              {t("desktop.turn_on")}
            </button>
            <button type="button" className="text-button" onClick={() => wish("later", true)}>
              {t("desktop.later")}
            </button>
          </>
        )}
      </div>
    </section>
  );
}

/** Return true from the first call on that this page saw, also once it is read. */
function useWasCalled(): boolean {
  const called = useChat(({ notices }) => notices.length > 0 || countCalls(waitingRooms()) > 0);
  const [was_called, setCalled] = useState(called);
  useEffect(() => {
    if (called) setCalled(true);
  }, [called]);
  return called || was_called;
}
