/** One room in the list. */
import { memo } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { PersonFace } from "@/components/person-face";
import { Seal } from "@/components/seal";
import { useHasDraft } from "@/lib/chat/drafted";
import { isMuted } from "@/lib/chat/notify";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useRoomName, useUser } from "@/lib/names";
import type { Room } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import styles from "./room-list.module.css";

const HIGHEST_COUNT = 99;

export const RoomRow = memo(function RoomRow({ room, shown }: { room: Room; shown: boolean }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const name = useRoomName(room, me);
  const waiting = useChat(({ outbox }) =>
    outbox.some(({ room_id, state }) => room_id === room.id && state === "failed"),
  );
  const has_draft = useHasDraft(room.id) && !shown;
  const unread = room.unread ?? 0;
  const mentions = room.mentions ?? 0;
  // Whatever comes in a conversation is meant for me.
  const muted = isMuted(room);
  const addressed = room.kind === "channel" ? mentions : unread;
  return (
    <li>
      <Link
        to={roomPath(room.id)}
        className={`${styles.room} ${unread > 0 && !muted ? styles.unread : ""}`}
        aria-current={shown ? "page" : undefined}
      >
        <RoomSign room={room} me={me} />
        <span className="ellipsis">{room.kind === "channel" ? room.name : name}</span>
        {waiting && (
          <span className={styles.failed}>
            <Seal state="failed" label={t("disk.failed", { count: 1 })} />
          </span>
        )}
        {has_draft && !waiting && (
          <span className={styles.draft} title={t("rooms.draft")}>
            <Icon name="edit" small />
            <span className="only-read-out">{t("rooms.draft")}</span>
          </span>
        )}
        {muted && (
          <span className={styles.muted} title={t("notify.button_muted")}>
            <Icon name="bell_off" small />
            <span className="only-read-out">{t("notify.muted")}</span>
          </span>
        )}
        {unread > 0 && !(muted && addressed === 0) && (
          <span className={addressed > 0 ? styles.calls : styles.count}>
            <span aria-hidden="true">{capped(addressed || unread)}</span>
            <span className="only-read-out">
              {t("rooms.unread", { count: unread })}
              {mentions > 0 && `, ${t("rooms.mentions", { count: mentions })}`}
            </span>
          </span>
        )}
      </Link>
    </li>
  );
});

function RoomSign({ room, me }: { room: Room; me: string }) {
  const t = useT();
  if (room.kind === "channel") {
    return (
      <span className={styles.sign} title={room.private ? t("rooms.private") : undefined}>
        <Icon name={room.private ? "lock" : "hash"} />
      </span>
    );
  }
  const others = (room.peers ?? []).filter((id) => id !== me);
  if (room.kind === "direct" && others.length <= 1) return <PersonSign id={others[0] ?? me} />;
  return (
    <span className={styles.sign}>
      <Icon name="people" />
    </span>
  );
}

function PersonSign({ id }: { id: string }) {
  return <PersonFace id={id} user={useUser(id)} size="small" />;
}

function capped(count: number): string {
  return count > HIGHEST_COUNT ? `${HIGHEST_COUNT}+` : String(count);
}
