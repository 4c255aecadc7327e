/** The foot of the rooms: whether the page is live, and whether all that was written is on disk; it opens the outbox. */
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { type Link, useChat } from "@/lib/chat/store";
import { type Translate, useT } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";
import { toggleOutbox, useOutboxPanel } from "@/lib/overlay";
import styles from "./disk-line.module.css";

export function DiskLine() {
  const t = useT();
  const link = useChat((chat) => chat.link);
  const since = useChat((chat) => chat.lost_at);
  const failed = useChat(({ outbox }) => outbox.filter(({ state }) => state === "failed").length);
  const waiting = useChat(({ outbox }) => outbox.length) - failed;
  const open = useOutboxPanel((panel) => panel.open);
  const online = link === "online";
  const counted = failed + waiting > 0 && !(online && failed === 0);
  return (
    <button
      type="button"
      className={online && failed === 0 ? styles.line : `${styles.line} ${styles.away}`}
      aria-expanded={open}
      title={t("outbox.open")}
      onClick={toggleOutbox}
    >
      <Sign online={online} failed={failed > 0} waiting={waiting > 0} />
      <span className="ellipsis">{online ? onlineWords(t, { failed, waiting }) : awayWords(t, link, since)}</span>
      {counted && <span className={styles.count}>{t("outbox.count", { count: failed + waiting })}</span>}
      <span className="only-read-out">{t("outbox.open")}</span>
    </button>
  );
}

function Sign({ online, failed, waiting }: { online: boolean; failed: boolean; waiting: boolean }) {
  if (!online) return <Icon name="offline" small />;
  if (failed) return <Seal state="failed" />;
  return <Seal state={waiting ? "writing" : "disk"} is_drawn />;
}

function onlineWords(t: Translate, { failed, waiting }: { failed: number; waiting: number }): string {
  if (failed > 0) return t("disk.failed", { count: failed });
  return waiting > 0 ? t("disk.writing", { count: waiting }) : t("disk.all");
}

/** Before the first connection nothing was lost. */
function awayWords(t: Translate, link: Link, since: number | null): string {
  if (since === null) return t(link === "connecting" ? "link.connecting" : "link.offline");
  return t("disk.offline", { time: clockTime(new Date(since)) });
}
