/** Stands above the first message of a room; where there is none yet, with what one can do about it. */
import { EmptyState } from "@/components/empty-state";
import { Link } from "@/components/link";
import { mayAdd, mayDescribe, mayWrite } from "@/lib/chat/membership";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import styles from "./room-page.module.css";

export function RoomStart({ room, name, is_empty }: { room: Room; name: string; is_empty: boolean }) {
  const t = useT();
  if (room.kind === "direct" || !is_empty || !mayWrite(room)) {
    return (
      <p className={styles.edge}>
        {t(room.kind === "direct" ? "messages.beginning_direct" : "messages.beginning", { name })}
      </p>
    );
  }
  const lacks_topic = mayDescribe(room) && !room.topic;
  const adds = mayAdd(room);
  return (
    <EmptyState
      icon={room.kind !== "channel" ? "people" : room.private ? "lock" : "hash"}
      title={t("messages.start", { name })}
      about={t("messages.none")}
    >
      {(adds || lacks_topic) && (
        <>
          {adds && (
            <Link to={roomPath(room.id, "members")} className="button small">
              {t("details.add")}
            </Link>
          )}
          {lacks_topic && (
            <Link to={roomPath(room.id, "about")} className="button small">
              {t("messages.write_topic")}
            </Link>
          )}
        </>
      )}
    </EmptyState>
  );
}
