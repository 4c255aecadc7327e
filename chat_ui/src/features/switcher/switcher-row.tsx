/** One place to go to. */
import { useEffect, useRef } from "react";
import { Icon } from "@/components/icon";
import { Keycap } from "@/components/keycap";
import { PersonFace } from "@/components/person-face";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import type { Room } from "@/lib/protocol";
import type { Entry } from "./entries";
import type { Place } from "./places";
import styles from "./switcher.module.css";

interface Props {
  id: string;
  entry: Entry | Place;
  chosen: boolean;
  onOpen: () => void;
}

export function SwitcherRow({ id, entry, chosen, onOpen }: Props) {
  const t = useT();
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus and names the chosen one.
    // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are handled where the focus is.
    <div
      ref={row}
      id={id}
      role="option"
      aria-selected={chosen}
      className={styles.row}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onOpen}
    >
      <Sign entry={entry} />
      <span className={styles.name}>
        <Name entry={entry} />
      </span>
      <span className={`${styles.about} ellipsis`}>
        {entry.kind === "person" && `@${entry.user.username}`}
        {entry.kind === "room" &&
          entry.room.kind === "channel" &&
          t("rooms.members", { count: entry.room.member_count })}
        {entry.kind === "public" && t("switcher.not_joined", { count: entry.room.member_count })}
      </span>
      {entry.kind === "room" && <Unread room={entry.room} />}
      {entry.kind === "public" && <span className={styles.join}>{t("rooms.join")}</span>}
      {entry.kind === "place" && entry.keys.map((key) => <Keycap key={key} name={key} />)}
      {chosen && entry.kind !== "place" && <Keycap name="↵" />}
    </div>
  );
}

function Name({ entry: { name, match } }: { entry: Entry | Place }) {
  if (!match || match.end === 0) return name;
  return (
    <>
      {name.slice(0, match.start)}
      <mark>{name.slice(match.start, match.end)}</mark>
      {name.slice(match.end)}
    </>
  );
}

function Sign({ entry }: { entry: Entry | Place }) {
  if (entry.kind !== "place") return <RoomSign entry={entry} />;
  return (
    <span className={styles.sign}>
      <Icon name={entry.icon} />
    </span>
  );
}

function RoomSign({ entry }: { entry: Entry }) {
  const me = useChat((chat) => chat.me);
  const others = entry.kind === "room" ? (entry.room.peers ?? []).filter((id) => id !== me) : [];
  const person = entry.kind === "person" ? entry.user.id : others.length === 1 ? others[0] : undefined;
  const user = usePeople(({ users }) => (person ? users[person] : undefined));
  if (person) return <PersonFace id={person} user={user} />;
  const room = entry.kind === "person" ? undefined : entry.room;
  return (
    <span className={styles.sign}>
      <Icon name={room?.kind !== "channel" ? "people" : room.private ? "lock" : "hash"} />
    </span>
  );
}

function Unread({ room: { kind, unread = 0, mentions = 0 } }: { room: Room }) {
  const t = useT();
  const calls = kind === "channel" ? mentions : unread;
  if (unread === 0) return null;
  return (
    <span className={calls > 0 ? styles.calls : styles.count}>
      <span aria-hidden="true">{calls || unread}</span>
      <span className="only-read-out">{t("rooms.unread", { count: unread })}</span>
    </span>
  );
}
