/** A part of the list of rooms: it can be folded, and takes the rooms that are dropped on it. */
import { type CSSProperties, type DragEvent, memo, type ReactNode, useId, useMemo, useState } from "react";
import { Icon } from "@/components/icon";
import { MenuButton } from "@/components/menu-button";
import { isMuted } from "@/lib/chat/notify";
import { sectionKey, setFolded, useIsFolded } from "@/lib/chat/sections";
import { useChat, useRoom } from "@/lib/chat/store";
import { waitingRooms } from "@/lib/chat/waiting-rooms";
import { explain, useT } from "@/lib/i18n";
import { lazily } from "@/lib/lazily";
import { useIsShown, useShownRoom } from "@/lib/router";
import { sayDropFailed, stopDragging, useDragging } from "./dragging";
import styles from "./room-list.module.css";
import { RoomRow, UnreadMark } from "./room-row";

// The browser looks at each part that it may leave out in every frame, so a part is many rows.
const ROWS_PER_RUN = 40;

const SectionMenu = lazily(() => import("./section-menu"));

interface Props {
  title: string;
  /** What the fold is remembered by; a person's own section has its name. */
  place: { list: "favourites" | "channels" | "directs" } | { section: string };
  ids: string[];
  none?: string | null;
  action?: string;
  onAction?: () => void;
  onDrop: (room_id: string) => Promise<void>;
  /** Stands behind the rooms. */
  children?: ReactNode;
}

export function RoomSection({ title, place, ids, none, action, onAction, onDrop, children }: Props) {
  const t = useT();
  const id = useId();
  const me = useChat((chat) => chat.me);
  const section = "section" in place ? place.section : null;
  const key = "section" in place ? sectionKey(place.section) : place.list;
  const folded = useIsFolded(key);
  const dragging = useDragging(({ room_id }) => room_id);
  const takes = dragging !== null && !ids.includes(dragging);
  const [over, setOver] = useState(false);
  const onDragOver = (event: DragEvent) => {
    if (!takes) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    if (!takes || !dragging) return;
    event.preventDefault();
    setOver(false);
    stopDragging();
    onDrop(dragging).catch((error) => sayDropFailed(explain(error)));
  };
  // Folded, what is open still says where one is.
  const shown = useShownRoom(folded);
  const listed = folded ? ids.filter((id) => id === shown) : ids;
  const more = section === null ? null : t("sections.more", { name: section });
  return (
    <section
      aria-label={title}
      className={[styles.section, key === "directs" && styles.directs, over && takes && styles.takes]
        .filter(Boolean)
        .join(" ")}
      onDragOver={onDragOver}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      <header className={styles.header}>
        <h2>
          <button
            type="button"
            className={styles.fold}
            aria-expanded={!folded}
            aria-controls={id}
            data-fold={key}
            onClick={() => setFolded(me, key, !folded)}
          >
            <span className="ellipsis">{title}</span>
            <span className={styles.folds}>
              <Icon name="fold" small />
            </span>
          </button>
        </h2>
        {folded && <FoldedUnread ids={ids} shown={shown} />}
        {section !== null && more && (
          <MenuButton label={more} icon="more" menu={<SectionMenu name={section} label={more} />} />
        )}
        {action && (
          <button type="button" className="icon-button" aria-label={action} title={action} onClick={onAction}>
            <Icon name="plus" />
          </button>
        )}
      </header>
      <div id={id}>
        {/* biome-ignore lint/a11y/useSemanticElements: its rows stand in runs, which no list of HTML may have inside. */}
        <div role="list" className={styles.rooms}>
          {runsOf(listed).map((run, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a room that comes leaves the runs above where they are.
              key={index}
              role="none"
              className={styles.run}
              style={{ "--rows": run.length } as CSSProperties}
            >
              {run.map((id) => (
                <Row key={id} id={id} me={me} />
              ))}
            </div>
          ))}
        </div>
        {!folded && ids.length === 0 && none && <p className={styles.none}>{none}</p>}
        {!folded && children}
      </div>
    </section>
  );
}

function runsOf(ids: string[]): string[][] {
  const count = Math.ceil(ids.length / ROWS_PER_RUN);
  return Array.from({ length: count }, (_, run) => ids.slice(run * ROWS_PER_RUN, (run + 1) * ROWS_PER_RUN));
}

/** What waits in the rooms that the fold hides. */
function FoldedUnread({ ids, shown }: { ids: string[]; shown: string | null }) {
  const inside = useMemo(() => new Set(ids), [ids]);
  const key = useChat(() => {
    let [unread, mentions, calls] = [0, 0, 0];
    for (const room of waitingRooms()) {
      if (room.id === shown || !inside.has(room.id)) continue;
      const addressed = (room.kind === "channel" ? room.mentions : room.unread) ?? 0;
      if (isMuted(room) && addressed === 0) continue;
      unread += room.unread ?? 0;
      mentions += room.mentions ?? 0;
      calls += addressed;
    }
    return `${unread} ${mentions} ${calls}`;
  });
  const [unread = 0, mentions = 0, addressed = 0] = key.split(" ").map(Number);
  return unread > 0 && <UnreadMark unread={unread} mentions={mentions} addressed={addressed} />;
}

const Row = memo(function Row({ id, me }: { id: string; me: string }) {
  const room = useRoom(id);
  const shown = useIsShown(id);
  return room && <RoomRow room={room} me={me} shown={shown} />;
});
