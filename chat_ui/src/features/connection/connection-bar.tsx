/** Says under a page's header when the page is not live, what that means, and what it found when it was back. */
import { useEffect, useState } from "react";
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { inOrder, orderRooms } from "@/lib/chat/room-order";
import { reconnect } from "@/lib/chat/socket";
import { type Back, forgetBack, useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { openOutbox, useOutboxPanel } from "@/lib/overlay";
import { navigate, readRoute, roomPath } from "@/lib/router";
import styles from "./connection-bar.module.css";
import { useFound, useNetwork, useSettled } from "./outage";

const BACK_MILLISECONDS = 6_000;

export function ConnectionBar() {
  const link = useChat((chat) => chat.link);
  const back = useChat((chat) => chat.back);
  const network = useNetwork();
  const settled = useSettled(link !== "online");
  // The browser knows of its network at once.
  const lost = link !== "online" && (settled || !network);
  return (
    // Read out by what stands once in the page, rather than again in each room.
    <div role="status" aria-live="off">
      {lost && (link === "ended" ? <Ended /> : network ? <Reconnecting /> : <Offline />)}
      {link === "online" && back && <BackAgain key={back.away_milliseconds} back={back} />}
    </div>
  );
}

function Ended() {
  const t = useT();
  return (
    <p className={styles.bar}>
      <Icon name="offline" small />
      <strong>{t("link.ended")}</strong>
      <span className={styles.choices}>
        <button type="button" className="button small" onClick={reconnect}>
          {t("link.use_here")}
        </button>
      </span>
    </p>
  );
}

function Offline() {
  const t = useT();
  const waiting = useWaiting();
  return (
    <p className={styles.bar}>
      <Icon name="offline" small />
      <span>
        <strong>{t("link.offline")}</strong>{" "}
        {waiting > 0 ? t("link.waiting", { count: waiting }) : t("link.keep_writing")}
      </span>
      <span className={styles.choices}>
        <OutboxButton />
        <button type="button" className="text-button" onClick={reconnect}>
          {t("link.try_now")}
        </button>
      </span>
    </p>
  );
}

function Reconnecting() {
  const t = useT();
  const next_try = useChat((chat) => chat.next_try);
  const seconds = useSecondsUntil(next_try);
  const waiting = useWaiting();
  return (
    <p className={`${styles.bar} ${styles.connecting}`}>
      <Icon name="reconnect" small />
      <span>
        <span className="only-read-out">{t("link.connecting")}</span>
        <span aria-hidden="true">
          {next_try === null ? t("link.connecting") : t("link.next_try", { count: seconds })}
        </span>{" "}
        {waiting > 0 && t("link.waiting", { count: waiting })}
      </span>
      <span className={styles.choices}>
        <OutboxButton />
        {next_try !== null && (
          <button type="button" className="button small" onClick={reconnect}>
            {t("link.try_now")}
          </button>
        )}
      </span>
    </p>
  );
}

function OutboxButton() {
  const t = useT();
  const some = useChat(({ outbox }) => outbox.length > 0);
  const open = useOutboxPanel((panel) => panel.open);
  if (!some || open) return null;
  return (
    <button type="button" className="button small" onClick={openOutbox}>
      {t("outbox.open")}
    </button>
  );
}

/** Shown for a while once nothing waits any more; a blink in which nothing happened is not worth a word. */
function BackAgain({ back }: { back: Back }) {
  const t = useT();
  const { is_told, sent, left, missed } = useFound(back);
  useEffect(() => {
    if (left > 0) return;
    const timer = setTimeout(forgetBack, BACK_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [left]);
  if (!is_told) return null;
  return (
    <p className={`${styles.bar} ${styles.back}`}>
      <Seal state={left > 0 ? "writing" : "disk"} />
      <span>
        <strong>{sent > 0 ? t("link.back_sent", { count: sent }) : t("link.back")}</strong>
        {left === 0 && sent > 0 && t("link.all_on_disk")}
        {missed > 0 && ` ${t("link.missed", { count: missed })}`}
      </span>
      <span className={styles.choices}>
        <MissedButton missed={back.missed} />
      </span>
    </p>
  );
}

/** Goes to the first room, in the order of the list, that has what one missed; the room that is shown has its own line. */
function MissedButton({ missed }: { missed: Back["missed"] }) {
  const t = useT();
  const route = readRoute(location.pathname);
  const shown = route.page === "room" ? route.room_id : null;
  const first = inOrder(orderRooms(useChat.getState())).find(({ id }) => id !== shown && missed[id]);
  if (!first) return null;
  return (
    <button type="button" className="text-button" onClick={() => navigate(roomPath(first.id))}>
      {t("link.jump")}
    </button>
  );
}

function useWaiting(): number {
  return useChat(({ outbox }) => outbox.filter(({ state }) => state !== "failed").length);
}

/** Return the whole seconds from now to a moment, counted down. */
function useSecondsUntil(moment: number | null): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (moment === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [moment]);
  return Math.max(1, Math.ceil(((moment ?? now) - now) / 1_000));
}
