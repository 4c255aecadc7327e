/** My rooms with what is unread in them. */
import { memo, type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { type OrderedIds, rememberOrder } from "@/lib/chat/room-order";
import { useChat } from "@/lib/chat/store";
import type { Timeline } from "@/lib/chat/timeline";
import { useT } from "@/lib/i18n";
import { CreateChannelDialog } from "./create-channel-dialog";
import { FindPersonDialog } from "./find-person-dialog";
import styles from "./room-list.module.css";
import { RoomRow } from "./room-row";
import { useUnreadOnly } from "./unread-only";

const NOTHING: OrderedIds = { favourites: [], sections: [], channels: [], directs: [] };

export function RoomList({ room_id, browsing }: { room_id: string | null; browsing: boolean }) {
  const t = useT();
  const [dialog, setDialog] = useState<"channel" | "person" | null>(null);
  const loaded = useChat((chat) => chat.loaded);
  const { unread_only } = useUnreadOnly();
  const known = useChat(useMemo(rememberOrder, []));
  // A thousand rows take a moment, in which whatever else the page does goes first.
  const ordered = useDeferredValue(known, NOTHING);
  const unread = useUnread(unread_only);
  const listed = (ids: string[]) => (unread ? ids.filter((id) => unread.has(id) || id === room_id) : ids);
  const channels = listed(ordered.channels);
  const directs = listed(ordered.directs);
  const none = (text: string) => (loaded && ordered === known ? (unread_only ? t("rooms.none_unread") : text) : null);
  return (
    <>
      {[{ name: t("rooms.favourites"), ids: ordered.favourites }, ...ordered.sections].map(({ name, ids }) => {
        const shown = listed(ids);
        return shown.length > 0 && <Section key={name} title={name} ids={shown} shown={room_id} none={null} />;
      })}
      <Section
        title={t("rooms.channels")}
        action={t("rooms.create")}
        onAction={() => setDialog("channel")}
        ids={channels}
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
        ids={directs}
        shown={room_id}
        none={none(t("rooms.no_directs"))}
      />
      {dialog === "channel" && <CreateChannelDialog onClose={() => setDialog(null)} />}
      {dialog === "person" && <FindPersonDialog onClose={() => setDialog(null)} />}
    </>
  );
}

/** Return the rooms with something unread, as one object for as long as they are the same; null where nobody asks. */
function useUnread(is_asked: boolean): ReadonlySet<string> | null {
  const key = useChat(({ timelines }) => (is_asked ? unreadIn(timelines).join() : null));
  return useMemo(() => (key === null ? null : new Set(key.split(","))), [key]);
}

function unreadIn(timelines: Record<string, Timeline>): string[] {
  return Object.keys(timelines).filter((id) => (timelines[id]?.room.unread ?? 0) > 0);
}

interface SectionProps {
  title: string;
  action?: string;
  onAction?: () => void;
  ids: string[];
  shown: string | null;
  none: string | null;
  /** Stands behind the rooms. */
  children?: ReactNode;
}

function Section({ title, action, onAction, ids, shown, none, children }: SectionProps) {
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
        {ids.map((id) => (
          <Row key={id} id={id} shown={id === shown} />
        ))}
      </ul>
      {ids.length === 0 && none && <p className={styles.none}>{none}</p>}
      {children}
    </section>
  );
}

const Row = memo(function Row({ id, shown }: { id: string; shown: boolean }) {
  const room = useChat(({ timelines }) => timelines[id]?.room);
  return room && <RoomRow room={room} shown={shown} />;
});
