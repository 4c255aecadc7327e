/** The public channels in which most happens, to be joined without leaving the page. */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { findPublicRooms, joinRoom } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import type { OpenRoom } from "@/lib/protocol";
import { CreateChannelDialog } from "./create-channel-dialog";
import styles from "./directory-page.module.css";
import { RoomsSkeleton } from "./rooms-skeleton";

const SUGGESTED = 4;

export function SuggestedChannels({ onJoined }: { onJoined: (room_id: string) => void }) {
  const t = useT();
  const online = useChat(({ link }) => link === "online");
  const [rooms, setRooms] = useState<OpenRoom[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [creating, setCreating] = useState(false);
  useEffect(() => {
    if (!online) return;
    let outdated = false;
    findPublicRooms("", "activity")
      .then((found) => !outdated && setRooms((known) => known ?? found.filter(({ archived }) => !archived)))
      .catch((error) => !outdated && setFailure(explain(error)));
    return () => {
      outdated = true;
    };
  }, [online]);
  const join = async ({ id }: OpenRoom) => {
    setFailure(null);
    try {
      onJoined(await joinRoom(id));
    } catch (error) {
      setFailure(explain(error));
    }
  };
  const shown = rooms?.slice(0, SUGGESTED) ?? [];
  return (
    <>
      <Alert>{failure}</Alert>
      <ul className={`${styles.rooms} ${styles.suggested}`}>
        {!rooms && !failure && <RoomsSkeleton rows={SUGGESTED} />}
        {shown.map((room) => (
          <Entry key={room.id} room={room} onJoin={() => join(room)} />
        ))}
        {rooms?.length === 0 && (
          <li className={styles.room}>
            <p className="soft">{t("welcome.no_channels")}</p>
            <button type="button" className="button" onClick={() => setCreating(true)}>
              {t("rooms.create")}
            </button>
          </li>
        )}
      </ul>
      {rooms && rooms.length > 0 && (
        <Link to="/directory" className={styles.all}>
          {t("welcome.all_channels")}
        </Link>
      )}
      {creating && <CreateChannelDialog onClose={() => setCreating(false)} />}
    </>
  );
}

function Entry({ room, onJoin }: { room: OpenRoom; onJoin: () => Promise<void> }) {
  const t = useT();
  const joined = useChat(({ timelines }) => room.id in timelines);
  const [busy, setBusy] = useState(false);
  const name = room.name ?? "";
  const join = async () => {
    setBusy(true);
    await onJoin();
    setBusy(false);
  };
  const about = room.topic || room.description?.split("\n")[0];
  return (
    <li className={styles.room}>
      <span className={styles.sign}>
        <Icon name="hash" />
      </span>
      <div className={styles.about}>
        <span className="ellipsis">
          <strong>{name}</strong>
          <span className={`${styles.members} soft`}>{t("rooms.members", { count: room.member_count })}</span>
        </span>
        {about && <span className="soft ellipsis">{about}</span>}
      </div>
      {joined ? (
        <span className={styles.joined} role="status">
          <Icon name="check" small /> {t("welcome.joined")}
          <span className="only-read-out">#{name}</span>
        </span>
      ) : (
        <button
          type="button"
          className="button small"
          disabled={busy}
          onClick={join}
          aria-label={t("rooms.join_named", { name })}
        >
          {t("rooms.join")}
        </button>
      )}
    </li>
  );
}
