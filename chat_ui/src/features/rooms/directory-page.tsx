/** The public channels, to look around and join. */
import { type ReactNode, useCallback, useState } from "react";
import { Alert } from "@/components/alert";
import { EmptyState } from "@/components/empty-state";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { Select } from "@/components/select";
import { type DirectoryOrder, findPublicRooms, joinRoom } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { navigate, roomPath } from "@/lib/router";
import { useSearch } from "@/lib/use-search";
import { CreateChannelDialog } from "./create-channel-dialog";
import { DirectoryEntry } from "./directory-entry";
import styles from "./directory-page.module.css";
import { RoomsSkeleton } from "./rooms-skeleton";

const ORDERS: DirectoryOrder[] = ["activity", "members", "name"];

export function DirectoryPage({ bar }: { bar: ReactNode }) {
  const t = useT();
  const [q, setQ] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [order, setOrder] = useState<DirectoryOrder>("activity");
  const [only_new, setOnlyNew] = useState(false);
  const [archived, setArchived] = useState(false);
  const [creating, setCreating] = useState(false);
  const online = useChat(({ link }) => link === "online");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another connection is a reason to look again.
  const find = useCallback((words: string) => findPublicRooms(words, order), [order, online]);
  const { items, failure } = useSearch(q, find);
  // Looked at anew when one has joined.
  useChat(({ timelines }) => Object.keys(timelines).length);
  const { timelines } = useChat.getState();
  const shown = items?.filter((room) => (archived || !room.archived) && !(only_new && room.id in timelines));
  const join = async (room_id: string) => {
    setRefusal(null);
    try {
      navigate(roomPath(await joinRoom(room_id)));
    } catch (error) {
      setRefusal(explain(error));
    }
  };
  return (
    <main className={styles.page} id="main">
      <header className={styles.header}>
        <Link to="/" className={`icon-button ${styles.back}`} aria-label={t("app.back")}>
          <Icon name="back" />
        </Link>
        <h1 className="ellipsis">{t("rooms.browse")}</h1>
        <button
          type="button"
          className="button primary"
          aria-label={t("rooms.new")}
          title={t("rooms.new")}
          onClick={() => setCreating(true)}
        >
          <Icon name="plus" small />
          <span className={styles.word}>{t("rooms.new")}</span>
        </button>
      </header>
      {bar}
      <div className={styles.scroll}>
        <div className={styles.content}>
          <div className={styles.ways}>
            <label className={styles.search}>
              <Icon name="search" />
              <input
                type="search"
                aria-label={t("rooms.search")}
                placeholder={t("rooms.search_hint")}
                value={q}
                onChange={(event) => setQ(event.target.value)}
                autoComplete="off"
              />
            </label>
            <Select
              className={styles.order}
              aria-label={t("rooms.order")}
              value={order}
              options={ORDERS.map((value) => ({ value, label: t(`rooms.order_${value}`) }))}
              onChoose={setOrder}
            />
          </div>
          <div className={styles.filters}>
            {[false, true].map((wanted) => (
              <button
                key={String(wanted)}
                type="button"
                className={styles.chip}
                aria-pressed={only_new === wanted}
                onClick={() => setOnlyNew(wanted)}
              >
                {t(wanted ? "rooms.filter_new" : "rooms.filter_all")}
              </button>
            ))}
            <label className={styles.archived}>
              <input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />
              {t("rooms.show_archived")}
            </label>
          </div>
          <Alert>{refusal ?? failure}</Alert>
          <ul className={styles.rooms}>
            {!shown && !failure && <RoomsSkeleton rows={6} />}
            {shown?.map((room) => (
              <DirectoryEntry key={room.id} room={room} onJoin={() => join(room.id)} />
            ))}
          </ul>
          <div role="status">
            {shown?.length === 0 && (
              <EmptyState icon="hash" title={t("rooms.search_none")} about={t("rooms.search_else")} />
            )}
          </div>
        </div>
      </div>
      {creating && <CreateChannelDialog onClose={() => setCreating(false)} />}
    </main>
  );
}
