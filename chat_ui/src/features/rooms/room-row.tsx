/** One room in the list. */
import { type DragEvent, memo, type PointerEvent, useState } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { MenuButton } from "@/components/menu-button";
import { PersonFace } from "@/components/person-face";
import { Seal } from "@/components/seal";
import { useHasDraft } from "@/lib/chat/drafted";
import { useHasFailed } from "@/lib/chat/failed-rooms";
import { isMuted } from "@/lib/chat/notify";
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

interface Props {
  room: Room;
  me: string;
  shown: boolean;
}

/** There are many of it, and most are only looked at: what a row seldom shows is a part of its own. */
export const RoomRow = memo(function RoomRow({ room, me, shown }: Props) {
  const has_failed = useHasFailed(room.id);
  const has_draft = useHasDraft(room.id) && !shown;
  const unread = room.unread ?? 0;
  // Whatever comes in a conversation is meant for me.
  const muted = isMuted(room);
  const addressed = room.kind === "channel" ? (room.mentions ?? 0) : unread;
  const [touched, setTouched] = useState(false);
  const touch = ({ pointerType }: PointerEvent) => setTouched(touched || pointerType !== "touch");
  const drag = (event: DragEvent) => {
    event.dataTransfer.effectAllowed = "copyMove";
    startDragging(room.id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: its list is none of HTML's, see there.
    <div role="listitem" className={styles.item} onPointerEnter={touch} onFocus={() => setTouched(true)}>
      <Link
        to={roomPath(room.id)}
        className={`${styles.room} ${unread > 0 && !muted ? styles.unread : ""}`}
        aria-current={shown ? "page" : undefined}
        onDragStart={drag}
        onDragEnd={stopDragging}
      >
        <RoomFace room={room} me={me} />
        {has_failed && <FailedMark />}
        {has_draft && !has_failed && <DraftMark />}
        {muted && <MutedMark />}
        {unread > 0 && !(muted && addressed === 0) && (
          <UnreadMark unread={unread} mentions={room.mentions ?? 0} addressed={addressed} />
        )}
      </Link>
      {touched && <More room={room} me={me} />}
    </div>
  );
});

/** The sign and the name: the same whether the room is open or not. */
const RoomFace = memo(function RoomFace({ room, me }: { room: Room; me: string }) {
  if (room.kind !== "channel") return <ConversationFace room={room} me={me} />;
  return (
    <>
      {room.private ? (
        <PrivateSign letter={letterOf(room)} />
      ) : (
        <span className={styles.sign} data-letter={letterOf(room)}>
          <Icon name="hash" />
        </span>
      )}
      <span className="ellipsis">{room.name}</span>
    </>
  );
});

function PrivateSign({ letter }: { letter: string | undefined }) {
  const t = useT();
  return (
    <span className={styles.sign} title={t("rooms.private")} data-letter={letter}>
      <Icon name="lock" />
    </span>
  );
}

function ConversationFace({ room, me }: { room: Room; me: string }) {
  const name = useRoomName(room, me);
  const person = personIn(room, me);
  return (
    <>
      {person ? (
        <PersonSign id={person} />
      ) : (
        <span className={styles.sign}>
          <Icon name="people" />
        </span>
      )}
      <span className="ellipsis">{name}</span>
      {person && <StatusEmoji id={person} />}
    </>
  );
}

function FailedMark() {
  const t = useT();
  return (
    <span className={styles.failed}>
      <Seal state="failed" label={t("disk.failed", { count: 1 })} />
    </span>
  );
}

function DraftMark() {
  const t = useT();
  return (
    <span className={styles.draft} title={t("rooms.draft")}>
      <Icon name="edit" small />
      <span className="only-read-out">{t("rooms.draft")}</span>
    </span>
  );
}

function MutedMark() {
  const t = useT();
  return (
    <span className={styles.muted} title={t("notify.button_muted")}>
      <Icon name="bell_off" small />
      <span className="only-read-out">{t("notify.muted")}</span>
    </span>
  );
}

function More({ room, me }: { room: Room; me: string }) {
  const t = useT();
  const more = t("sections.more", { name: useRoomName(room, me) });
  return <MenuButton label={more} icon="more" menu={<RoomMenu room={room} label={more} />} />;
}

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

/** Return what stands for a channel where there is no place for its name. */
function letterOf({ name }: Room): string | undefined {
  return [...(name ?? "")][0]?.toUpperCase();
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

/** Return a count as it stands in a mark. */
export function capped(count: number): string {
  return count > HIGHEST_COUNT ? `${HIGHEST_COUNT}+` : String(count);
}
