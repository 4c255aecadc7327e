/** Says above the messages how many are new and since when; a press or Escape marks them as read. */
import { useEffect } from "react";
import { markRead } from "@/lib/chat/reading";
import { useT } from "@/lib/i18n";
import { clockTime, dayName, isSameDay } from "@/lib/i18n/times";
import type { Room } from "@/lib/protocol";
import { keepUnread } from "./room-desk";
import styles from "./room-page.module.css";

interface Props {
  room: Room;
  line: { read_seq: number | null; count: number };
  /** When the first of them was written; null while it is not loaded. */
  since: string | null;
}

export function NewBar({ room, line, since }: Props) {
  const t = useT();
  const count = room.unread ?? 0;
  const is_shown = line.read_seq !== null && count > 0;
  useEffect(() => {
    if (!is_shown) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && isFree(event.target)) read(room.id);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [is_shown, room.id]);
  if (!is_shown) return null;
  return (
    <div className={styles.news}>
      <span>
        {since ? t("messages.new_since", { count, time: timeOf(since) }) : t("messages.new_count", { count })}
      </span>
      <button type="button" onClick={() => read(room.id)}>
        {t("messages.mark_read")}
      </button>
    </div>
  );
}

function read(room_id: string): void {
  keepUnread(room_id, false);
  markRead(room_id);
}

function timeOf(since: string): string {
  const [at, now] = [new Date(since), new Date()];
  return isSameDay(at, now) ? clockTime(at) : `${dayName(at, now)} ${clockTime(at)}`;
}

/** Escape means something else in a dialog, and in a field that is not empty. */
function isFree(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]")) return false;
  return !(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) || target.value === "";
}
