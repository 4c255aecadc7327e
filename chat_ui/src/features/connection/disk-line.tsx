/** The foot of the rooms: whether the page is live, and whether all that was written is on the server's disk. */
import { Seal, type SealState } from "@/components/seal";
import { type Chat, useChat } from "@/lib/chat/store";
import { type Translate, useT } from "@/lib/i18n";
import styles from "./disk-line.module.css";

export function DiskLine() {
  const t = useT();
  const link = useChat((chat) => chat.link);
  const failed = useChat(({ outbox }) => outbox.filter(({ state }) => state === "failed").length);
  const waiting = useChat(({ outbox }) => outbox.length) - failed;
  return (
    <p className={styles.line}>
      <Seal state={sealOf(link, { failed, waiting })} />
      {words(t, link, { failed, waiting })}
    </p>
  );
}

interface Counts {
  failed: number;
  waiting: number;
}

function sealOf(link: Chat["link"], { failed, waiting }: Counts): SealState {
  if (failed > 0) return "failed";
  if (link !== "online") return "waiting";
  return waiting > 0 ? "writing" : "disk";
}

function words(t: Translate, link: Chat["link"], { failed, waiting }: Counts): string {
  if (failed > 0) return t("disk.failed", { count: failed });
  if (link === "connecting") return t("link.connecting");
  if (link !== "online") return t("disk.offline", { count: waiting });
  return waiting > 0 ? t("disk.writing", { count: waiting }) : t("disk.all");
}
