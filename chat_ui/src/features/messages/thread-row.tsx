/** Says under a message that people replied in its thread, and opens it. */
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { useThreadNews } from "@/lib/chat/thread-news";
import { useT } from "@/lib/i18n";
import { sinceThen } from "@/lib/i18n/time-words";
import { useUser } from "@/lib/names";
import type { AnyMessage } from "@/lib/protocol";
import { threadPath } from "@/lib/router";
import styles from "./thread.module.css";

const FACES = 3;

interface Props {
  message: AnyMessage;
  /** A message that is gone does not know its own. */
  room_id: string;
  /** Whether the thread is open beside the room. */
  is_open?: boolean | undefined;
}

export function ThreadRow({ message, room_id, is_open = false }: Props) {
  const { id, replies = 0, last_reply_at, repliers = [] } = message;
  const t = useT();
  const news = useThreadNews(id);
  if (replies === 0) return null;
  return (
    <div className={styles.below}>
      <span className={styles.elbow} aria-hidden="true" />
      <Link to={threadPath(room_id, id)} className={styles.opens} aria-current={is_open ? "true" : undefined}>
        <span className={styles.faces}>
          {repliers.slice(0, FACES).map((person) => (
            <Face key={person} id={person} />
          ))}
        </span>
        <strong>{t("threads.replies", { count: replies })}</strong>
        {last_reply_at && (
          <span className="ellipsis">
            {t("threads.last", { time: sinceThen(new Date(last_reply_at), new Date()) })}
          </span>
        )}
        {news > 0 && (
          <span className={styles.news}>
            <span className="only-read-out">{t("threads.news", { count: news })}</span>
          </span>
        )}
        <span className={styles.further}>
          <Icon name="further" small />
        </span>
      </Link>
    </div>
  );
}

function Face({ id }: { id: string }) {
  return <Avatar id={id} user={useUser(id)} size="small" />;
}
