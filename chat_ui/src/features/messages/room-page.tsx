/** A room: its head, its messages and the place to write. */
import type { ReactNode } from "react";
import { EmptyState } from "@/components/empty-state";
import { Link } from "@/components/link";
import { useKeptPins } from "@/lib/chat/pins";
import { useChat, useInRoom } from "@/lib/chat/store";
import { closedBecause, useMuteEnding } from "@/lib/chat/writing";
import { useT } from "@/lib/i18n";
import { useRoomName } from "@/lib/names";
import type { Room } from "@/lib/protocol";
import type { Panel } from "@/lib/router";
import { ClosedBar } from "./closed-bar";
import { Composer } from "./composer";
import { Conversation } from "./conversation";
import { EmojiPopover } from "./emoji-popover";
import { RoomHead } from "./room-head";
import styles from "./room-page.module.css";

interface Props {
  room_id: string;
  /** The panel that is open beside it. */
  panel: Panel | null;
  /** The message whose thread is open beside it. */
  thread: string | null;
  /** The message that the address names. */
  seq: number | null;
  /** What is said about the connection. */
  bar: ReactNode;
}

export function RoomPage({ room_id, panel, thread, seq, bar }: Props) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const loaded = useChat((chat) => chat.loaded);
  const timeline = useInRoom(room_id, (known) => known);
  const name = useRoomName(timeline?.room, me);
  useKeptPins(timeline);
  if (!timeline) {
    return (
      <main className={styles.page} id="main">
        {bar}
        {loaded ? <Gone /> : <p className={styles.middle}>{t("app.loading")}</p>}
      </main>
    );
  }
  const { room } = timeline;
  return (
    <main className={styles.page} id="main">
      <RoomHead name={name} room={room} panel={panel} />
      {bar}
      <Conversation timeline={timeline} name={name} me={me} seq={seq} thread={thread} />
      <Writing room={room} name={name} me={me} />
      <EmojiPopover me={me} />
    </main>
  );
}

/** The place to write, or why there is none. */
function Writing({ room, name, me }: { room: Room; name: string; me: string }) {
  useMuteEnding(room);
  const closed = closedBecause(room);
  if (closed) return <ClosedBar closed={closed} room={room} />;
  return <Composer room_id={room.id} name={name} me={me} />;
}

/** Nobody is told whether there is such a room: that would already say something about it. */
function Gone() {
  const t = useT();
  return (
    <EmptyState icon="lock" title={t("rooms.gone")} about={t("rooms.gone_about")} is_page>
      <Link to="/" className="button">
        {t("app.back")}
      </Link>
      <Link to="/directory" className="button">
        {t("rooms.browse")}
      </Link>
    </EmptyState>
  );
}
