/** The panel beside a conversation: what the room is about, and who is in it. */
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { usePinned } from "@/lib/chat/pins";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useRoomName } from "@/lib/names";
import type { Room } from "@/lib/protocol";
import { PANELS, type Panel, roomPath } from "@/lib/router";
import { AboutTab } from "./about-tab";
import styles from "./details.module.css";
import { MembersTab } from "./members-tab";
import { PinsTab } from "./pins-tab";

export function DetailsPanel({ room_id, panel }: { room_id: string; panel: Panel }) {
  const room = useChat(({ timelines }) => timelines[room_id]?.room);
  return room ? <Details room={room} panel={panel} /> : null;
}

function Details({ room, panel }: { room: Room; panel: Panel }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const name = useRoomName(room, me);
  const pinned = usePinned(room.id).length;
  return (
    <aside className={styles.panel} aria-label={t("details.title", { name })}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h2 className="ellipsis">{room.kind === "channel" ? room.name : name}</h2>
          <p>{t(`details.kind_${room.kind === "channel" && room.private ? "private" : room.kind}`)}</p>
        </div>
        <Link to={roomPath(room.id)} className="icon-button" aria-label={t("details.close")}>
          <Icon name="close" />
        </Link>
      </header>
      <nav className={styles.tabs} aria-label={t("details.tabs")}>
        {PANELS.map((tab) => (
          <Link key={tab} to={roomPath(room.id, tab)} aria-current={tab === panel ? "page" : undefined}>
            {t(`details.${tab}`)} {tab === "members" && <span>{room.member_count}</span>}
            {tab === "pins" && pinned > 0 && <span>{pinned}</span>}
          </Link>
        ))}
      </nav>
      {panel === "about" && <AboutTab room={room} name={name} />}
      {panel === "members" && <MembersTab key={room.id} room={room} name={name} />}
      {panel === "pins" && <PinsTab room={room} />}
    </aside>
  );
}
