/** Says under a message that people replied in its thread, and opens it. */
import { Avatar } from "@/components/avatar";
import { Link } from "@/components/link";
import type { MessageRun } from "@/lib/chat/message-run";
import { useInRoom } from "@/lib/chat/store";
import { gistOf } from "@/lib/chat/threads";
import { useT } from "@/lib/i18n";
import { sinceThen } from "@/lib/i18n/times";
import { useUser } from "@/lib/names";
import { threadPath } from "@/lib/router";
import styles from "./thread.module.css";

const FACES = 3;

export function ThreadRow({ room_id, id }: { room_id: string; id: string }) {
  const replies = useInRoom(room_id, (timeline) => timeline?.parted?.threads.get(id));
  return replies && <Gist room_id={room_id} id={id} replies={replies} />;
}

function Gist({ room_id, id, replies }: { room_id: string; id: string; replies: MessageRun }) {
  const t = useT();
  const gist = gistOf(replies, FACES);
  if (!gist) return null;
  return (
    <div className={styles.below}>
      <span className={styles.elbow} aria-hidden="true" />
      <Link to={threadPath(room_id, id)} className={styles.opens}>
        <span className={styles.faces}>
          {gist.people.map((person) => (
            <Face key={person} id={person} />
          ))}
        </span>
        <strong>{t("threads.replies", { count: gist.count })}</strong>
        <span className="ellipsis">{t("threads.last", { time: sinceThen(new Date(gist.last_at), new Date()) })}</span>
      </Link>
    </div>
  );
}

function Face({ id }: { id: string }) {
  return <Avatar id={id} user={useUser(id)} size="small" />;
}
