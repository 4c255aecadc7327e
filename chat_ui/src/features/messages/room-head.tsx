/** The head of a room: what it is called, what it is about, and the way to what belongs to it. */
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { usePinned } from "@/lib/chat/pins";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { type Panel, roomPath } from "@/lib/router";
import { FavouriteButton } from "./favourite-button";
import { NotifyMenu } from "./notify-menu";
import { RoomFaces } from "./room-faces";
import styles from "./room-page.module.css";

export function RoomHead({ name, room, panel = null }: { name: string; room?: Room; panel?: Panel | null }) {
  const t = useT();
  const pinned = usePinned(room?.id ?? "").length;
  return (
    <header className={styles.head}>
      <Link to={room ? placeOf(room) : "/"} className={`icon-button ${styles.back}`} aria-label={t("app.back")}>
        <Icon name="back" />
      </Link>
      <div className={styles.title}>
        <h1>
          {room?.kind === "channel" && <Icon name={room.private ? "lock" : "hash"} />}
          <span className="ellipsis">{room?.kind === "channel" ? room.name : name}</span>
        </h1>
        {room?.topic && <p className={`ellipsis ${styles.topic}`}>{room.topic}</p>}
        {room && room.kind !== "direct" && (
          <p className={`ellipsis ${styles.lead}`}>{t("rooms.members", { count: room.member_count })}</p>
        )}
      </div>
      {room?.archived && <span className={styles.tag}>{t("rooms.archived")}</span>}
      {room && room.kind !== "direct" && (
        <PanelLink room={room} opens="members" panel={panel} label={t("rooms.members", { count: room.member_count })}>
          <RoomFaces room_id={room.id} /> <span aria-hidden="true">{room.member_count}</span>
        </PanelLink>
      )}
      {room && pinned > 0 && (
        <PanelLink room={room} opens="pins" panel={panel} label={t("pins.count", { count: pinned })}>
          <Icon name="pin" /> <span aria-hidden="true">{pinned}</span>
        </PanelLink>
      )}
      {room && <FavouriteButton room={room} name={name} />}
      {room && <NotifyMenu room={room} />}
      {room && (
        <PanelLink room={room} opens="about" panel={panel} label={t("details.about")}>
          <Icon name="panel" />
        </PanelLink>
      )}
    </header>
  );
}

/** On a phone conversations have a tab of their own, unless they stand among the favourites or in a section. */
function placeOf({ kind, favourite, section }: Room): string {
  return kind === "channel" || favourite || section ? "/" : "/directs";
}

interface LinkProps {
  room: Room;
  opens: Panel;
  panel: Panel | null;
  label: string;
  children: React.ReactNode;
}

/** Opens a panel, or closes it where it is open. */
function PanelLink({ room, opens, panel, label, children }: LinkProps) {
  const is_open = panel === opens;
  return (
    <Link
      to={is_open ? roomPath(room.id) : roomPath(room.id, opens)}
      className={opens === "about" ? styles.opens : `${styles.opens} ${styles.on_wide}`}
      aria-label={label}
      title={label}
      aria-current={is_open ? "true" : undefined}
    >
      {children}
    </Link>
  );
}
