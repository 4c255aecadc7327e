/** One room in the list. */
import { type DragEvent, memo, type PointerEvent, useState } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { MenuButton } from "@/components/menu-button";
import { PersonFace } from "@/components/person-face";
import { Seal } from "@/components/seal";
import { useHasDraft } from "@/lib/chat/drafted";
import { isMuted } from "@/lib/chat/notify";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import { useRoomName, useUser } from "@/lib/names";
import type { Room } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import { useStatus } from "@/lib/status";
import { startDragging, stopDragging } from "./dragging";
import styles from "./room-list.module.css";

const RoomMenu = lazily(() => import("./room-menu"));

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
  const person = personIn(room, me);
  const addressed = room.kind === "channel" ? mentions : unread;
  // Most rows are only looked at.
  const [touched, setTouched] = useState(false);
  const touch = ({ pointerType }: PointerEvent) => setTouched(touched || pointerType !== "touch");
  const more = t("sections.more", { name });
  const drag = (event: DragEvent) => {
    event.dataTransfer.effectAllowed = "copyMove";
    startDragging(room.id);
  };
  return (
    <li className={styles.item} onPointerEnter={touch} onFocus={() => setTouched(true)}>
      <Link
        to={roomPath(room.id)}
        className={`${styles.room} ${unread > 0 && !muted ? styles.unread : ""}`}
        aria-current={shown ? "page" : undefined}
        onDragStart={drag}
        onDragEnd={stopDragging}
      >
        <RoomSign room={room} me={me} />
        <span className="ellipsis">{room.kind === "channel" ? room.name : name}</span>
        {person && <StatusEmoji id={person} />}
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
          <UnreadMark unread={unread} mentions={mentions} addressed={addressed} />
        )}
      </Link>
      {touched && <MenuButton label={more} icon="more" menu={<RoomMenu room={room} label={more} />} />}
    </li>
  );
});

interface MarkProps {
  unread: number;
  mentions: number;
  /** How many of them call the person. */
  addressed: number;
}

export function UnreadMark({ unread, mentions, addressed }: MarkProps) {
  const t = useT();
  return (
    <span className={addressed > 0 ? styles.calls : styles.count}>
      <span aria-hidden="true">{capped(addressed || unread)}</span>
      <span className="only-read-out">
        {t("rooms.unread", { count: unread })}
        {mentions > 0 && `, ${t("rooms.mentions", { count: mentions })}`}
      </span>
    </span>
  );
}

function RoomSign({ room, me }: { room: Room; me: string }) {
  const t = useT();
  if (room.kind === "channel") {
    return (
      <span
        className={styles.sign}
        title={room.private ? t("rooms.private") : undefined}
        data-letter={[...(room.name ?? "")][0]?.toUpperCase()}
      >
        <Icon name={room.private ? "lock" : "hash"} />
      </span>
    );
  }
  const person = personIn(room, me);
  if (person) return <PersonSign id={person} />;
  return (
    <span className={styles.sign}>
      <Icon name="people" />
    </span>
  );
}

/** Return whom one talks to alone; null in all other rooms. */
function personIn({ kind, peers = [] }: Room, me: string): string | null {
  const others = peers.filter((id) => id !== me);
  return kind === "direct" && others.length <= 1 ? (others[0] ?? me) : null;
}

function StatusEmoji({ id }: { id: string }) {
  const t = useT();
  const status = useStatus(useUser(id));
  if (!status?.emoji) return null;
  const label = t("people.status_named", { text: status.text || status.emoji });
  return (
    <span role="img" aria-label={label} title={label}>
      {status.emoji}
    </span>
  );
}

function PersonSign({ id }: { id: string }) {
  return <PersonFace id={id} user={useUser(id)} size="small" />;
}

function capped(count: number): string {
  return count > HIGHEST_COUNT ? `${HIGHEST_COUNT}+` : String(count);
}
