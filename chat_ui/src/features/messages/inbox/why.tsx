/** Says why something is in the inbox, and unfolds the rule behind it. */
import { useId, useState } from "react";
import { Icon, type IconName } from "@/components/icon";
import type { Reason } from "@/lib/chat/inbox-answer";
import { isMuted } from "@/lib/chat/notify";
import { useT } from "@/lib/i18n";
import type { InboxItem, Room } from "@/lib/protocol";
import styles from "./why.module.css";

const ICONS: Record<Reason, IconName> = {
  mention: "at",
  all: "at",
  reply: "reply",
  direct: "home",
  thread: "thread",
  unread: "hash",
};

interface Props {
  item: InboxItem;
  name: string;
  room: Room | undefined;
  /** The room, as a sentence says where something is. */
  place: string;
}

export function Why({ item: { why }, name, room, place }: Props) {
  const t = useT();
  const id = useId();
  const [is_open, setOpen] = useState(false);
  return (
    <>
      <p className={styles.why}>
        <Icon name={ICONS[why]} small /> {t(`inbox.why_${why}`)}
        <button type="button" aria-expanded={is_open} aria-controls={id} onClick={() => setOpen(!is_open)}>
          {t("inbox.why")} <Icon name={is_open ? "up" : "unfold"} small />
        </button>
      </p>
      <div id={id} className={styles.rule} hidden={!is_open}>
        <Icon name={ICONS[why]} small />
        <p>
          {t(`inbox.rule_${why}`, { name })} {room && t(`inbox.level_${levelOf(room)}`, { name: place })}
        </p>
      </div>
    </>
  );
}

function levelOf(room: Room): "all" | "mentions" | "none" {
  if (isMuted(room)) return "none";
  return room.notify?.level ?? (room.kind === "channel" ? "mentions" : "all");
}
