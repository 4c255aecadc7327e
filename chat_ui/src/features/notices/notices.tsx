/** Alerts from the server as small notes in a corner; what is on the screen anyway needs none. */
import { useEffect, useState } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { type Chat, dismissNotice, useChat } from "@/lib/chat/store";
import { isFocused } from "@/lib/focus";
import { useT } from "@/lib/i18n";
import { useRoomName, userName } from "@/lib/names";
import { usePeople } from "@/lib/people";
import { roomPath } from "@/lib/router";
import styles from "./notices.module.css";

const SHOWN_MILLISECONDS = 6_000;
const SHOWN_AT_ONCE = 3;

type Shown = Chat["notices"][number];

export function Notices({ room_id }: { room_id: string | null }) {
  const t = useT();
  const notices = useChat((chat) => chat.notices);
  useEffect(() => {
    for (const notice of notices) if (isFocused() && notice.room_id === room_id) dismissNotice(notice.key);
  }, [notices, room_id]);
  return (
    <section className={styles.corner} aria-label={t("notice.region")} aria-live="polite">
      {notices.slice(-SHOWN_AT_ONCE).map((notice) => (
        <Note key={notice.key} notice={notice} />
      ))}
    </section>
  );
}

function Note({ notice }: { notice: Shown }) {
  const t = useT();
  const [held, setHeld] = useState(false);
  const me = useChat((chat) => chat.me);
  const room = useChat((chat) => chat.timelines[notice.room_id ?? ""]?.room);
  const room_name = useRoomName(room, me);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissNotice(notice.key), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [held, notice.key]);
  const sentence = <Sentence notice={notice} room={room_name} />;
  return (
    <div className={styles.note} onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}>
      {notice.room_id ? <Link to={roomPath(notice.room_id)}>{sentence}</Link> : sentence}
      <button
        type="button"
        className="icon-button"
        aria-label={t("notice.dismiss")}
        onClick={() => dismissNotice(notice.key)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function Sentence({ notice, room }: { notice: Shown; room: string }) {
  const t = useT();
  const user = usePeople(({ users }) => users[notice.sender ?? notice.actor ?? ""]);
  const name = user ? userName(user) : t("notice.somebody");
  switch (notice.kind) {
    case "mention":
    case "keyword":
      return t("notice.mention", { name, room });
    case "direct":
      return t("notice.direct", { name });
    case "reply":
    case "thread":
      return t("notice.reply", { name, room });
    case "invitation":
      return t("notice.invitation", { room });
    default:
      return notice.text ?? t("notice.other", { room });
  }
}
