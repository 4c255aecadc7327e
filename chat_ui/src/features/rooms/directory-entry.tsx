/** One public channel: what it is about, how many are in it, when somebody last wrote, and the way in. */
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { sinceThen } from "@/lib/i18n/time-words";
import type { OpenRoom } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import styles from "./directory-page.module.css";

export function DirectoryEntry({ room, onJoin }: { room: OpenRoom; onJoin: () => void }) {
  const t = useT();
  const joined = useChat(({ timelines }) => room.id in timelines);
  const name = room.name ?? "";
  const about = room.topic || room.description?.split("\n")[0];
  const members = t("rooms.members", { count: room.member_count });
  return (
    <li className={styles.room}>
      <span className={joined ? `${styles.sign} ${styles.mine}` : styles.sign}>
        <Icon name="hash" />
      </span>
      <div className={styles.about}>
        <span className={styles.names}>
          <strong className="ellipsis">{name}</strong>
          {room.archived && <span className={styles.tag}>{t("rooms.archived")}</span>}
        </span>
        {about && <span className="soft ellipsis">{about}</span>}
      </div>
      <div className={styles.facts}>
        <span className={styles.count} title={members}>
          <Icon name="people" small /> <span aria-hidden="true">{room.member_count}</span>
          <span className="only-read-out">{members}</span>
        </span>
        <span className={styles.active}>
          {t("rooms.active", { time: sinceThen(new Date(room.last_at), new Date()) })}
        </span>
      </div>
      {joined ? (
        <Link to={roomPath(room.id)} className="button small" aria-label={t("rooms.open_named", { name })}>
          {t("rooms.open")}
        </Link>
      ) : (
        <button
          type="button"
          className={`button small ${styles.joins}`}
          onClick={onJoin}
          aria-label={t("rooms.join_named", { name })}
        >
          {t("rooms.join")}
        </button>
      )}
    </li>
  );
}
