/** The public channels, to look around and join. */
import { type ReactNode, useCallback, useState } from "react";
import { Alert } from "@/components/alert";
import { Choice } from "@/components/choice";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { Link } from "@/components/link";
import { type DirectoryOrder, findPublicRooms, joinRoom } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { dayName } from "@/lib/i18n/times";
import type { OpenRoom } from "@/lib/protocol";
import { navigate, roomPath } from "@/lib/router";
import { useSearch } from "@/lib/use-search";
import styles from "./directory-page.module.css";

const ORDERS: DirectoryOrder[] = ["activity", "members", "name"];

export function DirectoryPage({ bar }: { bar: ReactNode }) {
  const t = useT();
  const [q, setQ] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [order, setOrder] = useState<DirectoryOrder>("activity");
  const find = useCallback((words: string) => findPublicRooms(words, order), [order]);
  const { items, failure } = useSearch(q, find);
  const join = async (room: OpenRoom) => {
    setRefusal(null);
    try {
      navigate(roomPath(await joinRoom(room.id)));
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
        <h1>{t("rooms.browse")}</h1>
      </header>
      {bar}
      <div className={styles.content}>
        <Field
          label={t("rooms.search")}
          type="search"
          value={q}
          onChange={(event) => setQ(event.target.value)}
          autoComplete="off"
        />
        <div className={styles.order}>
          <Choice
            label={t("rooms.order")}
            value={order}
            options={ORDERS.map((value) => ({ value, label: t(`rooms.order_${value}`) }))}
            onChoose={setOrder}
          />
        </div>
        <Alert>{refusal ?? failure}</Alert>
        <ul className={styles.rooms}>
          {items?.map((room) => (
            <Entry key={room.id} room={room} onJoin={() => join(room)} />
          ))}
        </ul>
        <p role="status" className="soft">
          {items?.length === 0 ? t("rooms.search_none") : ""}
        </p>
      </div>
    </main>
  );
}

function Entry({ room, onJoin }: { room: OpenRoom; onJoin: () => void }) {
  const t = useT();
  const joined = useChat(({ timelines }) => room.id in timelines);
  const name = room.name ?? "";
  return (
    <li className={styles.room}>
      <span className={styles.sign}>
        <Icon name="hash" />
      </span>
      <div className={styles.about}>
        <strong className="ellipsis">{name}</strong>
        <span className="soft ellipsis">
          {t("rooms.members", { count: room.member_count })}
          {" · "}
          {t("rooms.last_active", { day: dayName(new Date(room.last_at), new Date()) })}
        </span>
        {(room.topic || room.description) && (
          <span className="soft ellipsis">{room.topic || room.description?.split("\n")[0]}</span>
        )}
      </div>
      {joined ? (
        <Link to={roomPath(room.id)} className="button" aria-label={t("rooms.open_named", { name })}>
          {t("rooms.open")}
        </Link>
      ) : (
        <button type="button" className="button" onClick={onJoin} aria-label={t("rooms.join_named", { name })}>
          {t("rooms.join")}
        </button>
      )}
    </li>
  );
}
