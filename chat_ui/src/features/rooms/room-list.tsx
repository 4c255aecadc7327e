/** My rooms with what is unread in them. */
import { memo, Suspense, useDeferredValue, useMemo, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { setMine } from "@/lib/chat/mine";
import { useOrder } from "@/lib/chat/ordered";
import type { OrderedIds } from "@/lib/chat/room-order";
import { moveToSection } from "@/lib/chat/sections";
import { useChat } from "@/lib/chat/store";
import { waitingRooms } from "@/lib/chat/waiting-rooms";
import { useT } from "@/lib/i18n";
import { useShownRoom } from "@/lib/router";
import { useDragging } from "./dragging";
import { FavouritesTarget } from "./favourites-target";
import { CreateChannelDialog, FindPersonDialog } from "./lazy-dialogs";
import styles from "./room-list.module.css";
import { RoomSection } from "./room-section";
import { useUnreadOnly } from "./unread-only";

const NOTHING: OrderedIds = { favourites: [], sections: [], channels: [], directs: [] };

/** Going to another room draws two rows, and not the list. */
export const RoomList = memo(function RoomList({ browsing }: { browsing: boolean }) {
  const t = useT();
  const [dialog, setDialog] = useState<"channel" | "person" | null>(null);
  const loaded = useChat((chat) => chat.loaded);
  const { unread_only } = useUnreadOnly();
  const known = useOrder();
  // A thousand rows take a moment, in which whatever else the page does goes first.
  const ordered = useDeferredValue(known, NOTHING);
  const unread = useUnread(unread_only);
  const shown = useShownRoom(unread_only);
  const listed = (ids: string[]) => (unread ? ids.filter((id) => unread.has(id) || id === shown) : ids);
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
          onDrop={(id) => setMine(id, { favourite: true })}
        />
      )}
      {ordered.sections.map(({ name, ids }) => {
        const rooms = listed(ids);
        return (
          rooms.length > 0 && (
            <RoomSection
              key={name}
              title={name}
              place={{ section: name }}
              ids={rooms}
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
        none={none(t("rooms.no_directs"))}
        onDrop={(id) => moveToSection(id, null)}
      />
      <Alert>{dropped}</Alert>
      <Suspense>
        {dialog === "channel" && <CreateChannelDialog onClose={() => setDialog(null)} />}
        {dialog === "person" && <FindPersonDialog onClose={() => setDialog(null)} />}
      </Suspense>
    </>
  );
});

/** Return the rooms with something unread, as one object for as long as they are the same; null where nobody asks. */
function useUnread(is_asked: boolean): ReadonlySet<string> | null {
  const key = useChat(() => (is_asked ? unreadRooms().join() : null));
  return useMemo(() => (key === null ? null : new Set(key.split(","))), [key]);
}

function unreadRooms(): string[] {
  return waitingRooms().flatMap(({ id, unread = 0 }) => (unread > 0 ? id : []));
}
