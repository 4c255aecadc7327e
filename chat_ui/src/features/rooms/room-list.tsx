/** My rooms with what is unread in them. */
import { useDeferredValue, useMemo, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { setMine } from "@/lib/chat/mine";
import { type OrderedIds, rememberOrder } from "@/lib/chat/room-order";
import { moveToSection } from "@/lib/chat/sections";
import { useChat } from "@/lib/chat/store";
import type { Timeline } from "@/lib/chat/timeline";
import { useT } from "@/lib/i18n";
import { CreateChannelDialog } from "./create-channel-dialog";
import { useDragging } from "./dragging";
import { FavouritesTarget } from "./favourites-target";
import { FindPersonDialog } from "./find-person-dialog";
import styles from "./room-list.module.css";
import { RoomSection } from "./room-section";
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
  const dropped = useDragging(({ failure }) => failure);
  const favourites = listed(ordered.favourites);
  const channels = listed(ordered.channels);
  const directs = listed(ordered.directs);
  const none = (text: string) => (loaded && ordered === known ? (unread_only ? t("rooms.none_unread") : text) : null);
  return (
    <>
      {favourites.length === 0 && <FavouritesTarget />}
      {favourites.length > 0 && (
        <RoomSection
          title={t("rooms.favourites")}
          place={{ list: "favourites" }}
          ids={favourites}
          shown={room_id}
          onDrop={(id) => setMine(id, { favourite: true })}
        />
      )}
      {ordered.sections.map(({ name, ids }) => {
        const shown = listed(ids);
        return (
          shown.length > 0 && (
            <RoomSection
              key={name}
              title={name}
              place={{ section: name }}
              ids={shown}
              shown={room_id}
              onDrop={(id) => moveToSection(id, name)}
            />
          )
        );
      })}
      <RoomSection
        title={t("rooms.channels")}
        place={{ list: "channels" }}
        action={t("rooms.create")}
        onAction={() => setDialog("channel")}
        ids={channels}
        shown={room_id}
        none={none(t("rooms.none"))}
        onDrop={(id) => moveToSection(id, null)}
      >
        <Link to="/directory" className={styles.browse} aria-current={browsing ? "page" : undefined}>
          <span className={styles.sign}>
            <Icon name="compass" />
          </span>
          <span className="ellipsis">{t("rooms.browse")}</span>
        </Link>
      </RoomSection>
      <RoomSection
        title={t("rooms.directs")}
        place={{ list: "directs" }}
        action={t("rooms.start_direct")}
        onAction={() => setDialog("person")}
        ids={directs}
        shown={room_id}
        none={none(t("rooms.no_directs"))}
        onDrop={(id) => moveToSection(id, null)}
      />
      <Alert>{dropped}</Alert>
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
