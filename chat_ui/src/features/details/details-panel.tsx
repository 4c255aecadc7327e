/** The panel beside a conversation: what the room is about, and who is in it. */
import { Link } from "@/components/link";
import { Panel } from "@/components/panel";
import { usePinned } from "@/lib/chat/pins";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useRoomName } from "@/lib/names";
import type { Room } from "@/lib/protocol";
import { PANELS, type Panel as PanelName, roomPath } from "@/lib/router";
import { AboutTab } from "./about-tab";
import styles from "./details.module.css";
import { MembersTab } from "./members-tab";
import { PinsTab } from "./pins-tab";

export function DetailsPanel({ room_id, panel }: { room_id: string; panel: PanelName }) {
  const room = useChat(({ timelines }) => timelines[room_id]?.room);
  return room ? <Details room={room} panel={panel} /> : null;
}

function Details({ room, panel }: { room: Room; panel: PanelName }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const name = useRoomName(room, me);
  const pinned = usePinned(room.id).length;
  return (
    <Panel
      label={t("details.title", { name })}
      title={(room.kind === "channel" && room.name) || name}
      lead={t(`details.kind_${room.kind === "channel" && room.private ? "private" : room.kind}`)}
      close={{ label: t("details.close"), to: roomPath(room.id) }}
    >
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
    </Panel>
  );
}
