/** The head of a room: what it is called, what it is about, and the way out. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { leaveRoom } from "@/lib/chat/rooms";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import styles from "./room-page.module.css";

export function RoomHead({ name, room }: { name: string; room?: Room }) {
  const t = useT();
  const [leaving, setLeaving] = useState(false);
  return (
    <header className={styles.head}>
      <Link to="/" className={`icon-button ${styles.back}`} aria-label={t("app.back")}>
        <Icon name="back" />
      </Link>
      <div className={styles.title}>
        <h1>
          {room?.kind === "channel" && <Icon name={room.private ? "lock" : "hash"} />}
          <span className="ellipsis">{room?.kind === "channel" ? room.name : name}</span>
        </h1>
        {room?.topic && <p className="ellipsis">{room.topic}</p>}
      </div>
      {room?.archived && <span className={styles.tag}>{t("rooms.archived")}</span>}
      {room && room.kind !== "direct" && (
        <span className={styles.members} title={t("rooms.members", { count: room.member_count })}>
          <Icon name="people" small />
          <span aria-hidden="true">{room.member_count}</span>
          <span className="only-read-out">{t("rooms.members", { count: room.member_count })}</span>
        </span>
      )}
      {room?.kind === "channel" && (
        <button
          type="button"
          className="icon-button"
          aria-label={t("rooms.leave")}
          title={t("rooms.leave")}
          onClick={() => setLeaving(true)}
        >
          <Icon name="leave" />
        </button>
      )}
      {leaving && room && <LeaveDialog room={room} onClose={() => setLeaving(false)} />}
    </header>
  );
}

function LeaveDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const leave = async () => {
    try {
      await leaveRoom(room.id);
      navigate("/");
    } catch (error) {
      setFailure(explain(error));
    }
  };
  return (
    <Dialog title={t("rooms.leave_sure", { name: room.name ?? "" })} onClose={onClose}>
      <Alert>{failure}</Alert>
      {room.private && <p>{t("rooms.leave_private")}</p>}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t("app.cancel")}
        </button>
        <button type="button" className="button danger" onClick={leave}>
          {t("rooms.leave")}
        </button>
      </div>
    </Dialog>
  );
}
