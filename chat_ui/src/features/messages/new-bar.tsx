/** Says above the messages how many are new and since when; a press or Escape marks them as read. */
import { useEffect } from "react";
import { markRead, markUnread } from "@/lib/chat/reading";
import { useChat } from "@/lib/chat/store";
import { type Translate, useT } from "@/lib/i18n";
import { clockTime, dayName, isSameDay } from "@/lib/i18n/time-words";
import type { Room } from "@/lib/protocol";
import { toasts } from "@/lib/toasts";
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
      if (event.key === "Escape" && !event.defaultPrevented && isFree(event.target)) read(room.id, t);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [is_shown, room.id, t]);
  if (!is_shown) return null;
  return (
    <div className={styles.news}>
      <span>
        {since ? t("messages.new_since", { count, time: timeOf(since) }) : t("messages.new_count", { count })}
      </span>
      <button type="button" onClick={() => read(room.id, t)}>
        {t("messages.mark_read")}
      </button>
    </div>
  );
}

function read(room_id: string, t: Translate): void {
  const { unread = 0, read_seq = 0 } = useChat.getState().timelines[room_id]?.room ?? {};
  keepUnread(room_id, false);
  markRead(room_id);
  const undo = () => {
    keepUnread(room_id, true);
    return markUnread({ room_id, seq: read_seq + 1 });
  };
  if (unread > 0) toasts.show({ text: t("toast.read", { count: unread }), undo });
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
