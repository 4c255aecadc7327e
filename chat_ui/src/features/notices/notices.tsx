/** Notices from the server as small cards above the place to write; what is on the screen anyway needs none. */
import { useEffect } from "react";
import { Link } from "@/components/link";
import { ToastFrame } from "@/components/toast-frame";
import { type Burst, collapse } from "@/lib/chat/notices";
import { type Chat, dismissNotice, useChat } from "@/lib/chat/store";
import { isFocused } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { placeName, useRoomName, userName } from "@/lib/names";
import { noticePath, noticeWords } from "@/lib/notices/words";
import { usePeople } from "@/lib/people";
import styles from "./notices.module.css";

const SHOWN_AT_ONCE = 3;

type Shown = Chat["notices"][number];

export function Notices({ room_id }: { room_id: string | null }) {
  const t = useT();
  const notices = useChat((chat) => chat.notices);
  useEffect(() => {
    for (const notice of notices) {
      // That a webhook has stopped is not to be seen in the room.
      const is_seen = notice.room_id === room_id && notice.kind !== "webhook";
      if (isFocused() && is_seen) dismissNotice(notice.key);
    }
  }, [notices, room_id]);
  return (
    <section className={styles.list} aria-label={t("notice.region")} aria-live="polite">
      {collapse(notices)
        .slice(-SHOWN_AT_ONCE)
        .map((burst) => (
          // One that grows comes anew, so that it is read out and stays as long as any other.
          <Note key={`${burst.newest.burst ?? burst.newest.key} ${burst.count}`} burst={burst} />
        ))}
    </section>
  );
}

function Note({ burst: { newest: notice, count, notes } }: { burst: Burst<Shown> }) {
  const t = useT();
  const user = usePeople(({ users }) => users[notice.actor]);
  const name = user ? userName(user) : t("notice.somebody");
  const me = useChat((chat) => chat.me);
  const room = useChat((chat) => chat.timelines[notice.room_id]?.room);
  const room_name = useRoomName(room, me);
  const place = placeName(room, room_name);
  const dismiss = () => {
    for (const { key } of notes) dismissNotice(key);
  };
  return (
    <ToastFrame onEnd={dismiss}>
      <Link to={noticePath(notice)}>
        {count > 1 ? t("notice.burst", { count, room: place }) : noticeWords(notice.kind, { name, room: place }, t)}
      </Link>
    </ToastFrame>
  );
}
