/** My rooms with what is unread in them. */
import { type ReactNode, useState } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { orderRooms } from "@/lib/chat/room-order";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { CreateChannelDialog } from "./create-channel-dialog";
import { FindPersonDialog } from "./find-person-dialog";
import styles from "./room-list.module.css";
import { RoomRow } from "./room-row";
import { useUnreadOnly } from "./unread-only";

export function RoomList({ room_id, browsing }: { room_id: string | null; browsing: boolean }) {
  const t = useT();
  const [dialog, setDialog] = useState<"channel" | "person" | null>(null);
  const chat = useChat();
  const { unread_only } = useUnreadOnly();
  const ordered = orderRooms(chat);
  const listed = (rooms: Room[]) =>
    unread_only ? rooms.filter((room) => (room.unread ?? 0) > 0 || room.id === room_id) : rooms;
  const channels = listed(ordered.channels);
  const directs = listed(ordered.directs);
  const none = (text: string) => (chat.loaded ? (unread_only ? t("rooms.none_unread") : text) : null);
  return (
    <>
      {[{ name: t("rooms.favourites"), rooms: ordered.favourites }, ...ordered.sections].map(({ name, rooms }) => {
        const shown = listed(rooms);
        return shown.length > 0 && <Section key={name} title={name} rooms={shown} shown={room_id} none={null} />;
      })}
      <Section
        title={t("rooms.channels")}
        action={t("rooms.create")}
        onAction={() => setDialog("channel")}
        rooms={channels}
        shown={room_id}
        none={none(t("rooms.none"))}
      >
        <Link to="/directory" className={styles.browse} aria-current={browsing ? "page" : undefined}>
          <span className={styles.sign}>
            <Icon name="compass" />
          </span>
          {t("rooms.browse")}
        </Link>
      </Section>
      <Section
        title={t("rooms.directs")}
        action={t("rooms.start_direct")}
        onAction={() => setDialog("person")}
        rooms={directs}
        shown={room_id}
        none={none(t("rooms.no_directs"))}
      />
      {dialog === "channel" && <CreateChannelDialog onClose={() => setDialog(null)} />}
      {dialog === "person" && <FindPersonDialog onClose={() => setDialog(null)} />}
    </>
  );
}

interface SectionProps {
  title: string;
  action?: string;
  onAction?: () => void;
  rooms: Room[];
  shown: string | null;
  none: string | null;
  /** Stands behind the rooms. */
  children?: ReactNode;
}

function Section({ title, action, onAction, rooms, shown, none, children }: SectionProps) {
  return (
    <section aria-label={title} className={styles.section}>
      <header className={styles.header}>
        <h2>{title}</h2>
        {action && (
          <button type="button" className="icon-button" aria-label={action} title={action} onClick={onAction}>
            <Icon name="plus" />
          </button>
        )}
      </header>
      <ul className={styles.rooms}>
        {rooms.map((room) => (
          <RoomRow key={room.id} room={room} shown={room.id === shown} />
        ))}
      </ul>
      {rooms.length === 0 && none && <p className={styles.none}>{none}</p>}
      {children}
    </section>
  );
}
