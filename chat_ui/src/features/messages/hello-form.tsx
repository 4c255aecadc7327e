/** A first message to a room, written beforehand in a field of its own, and sent only by the person. */
import { useEffect, useState } from "react";
import { Link } from "@/components/link";
import { Seal } from "@/components/seal";
import { useChat } from "@/lib/chat/store";
import { closedBecause, useMuteEnding } from "@/lib/chat/writing";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import { ClosedBar } from "./closed-bar";
import { Composer } from "./composer";
import { loadAll } from "./drafts";
import styles from "./hello-form.module.css";
import { moveDraft } from "./taking-back";

interface Props {
  room: Room;
  /** The name under which others see the person. */
  name: string;
  has_said: boolean;
  onSaid: () => void;
}

export function HelloForm({ room, name, has_said, onSaid }: Props) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const hello = t("welcome.hello", { name });
  const place = `hello.${room.id}`;
  const [begins] = useState(() => !has_said && !hasWritten(room.id, me));
  // What the person made of it goes on in the room; what they neither changed nor sent is not theirs.
  useEffect(() => {
    return () => {
      if (loadAll(me, place).text) moveDraft(me, { from: place, to: room.id });
    };
  }, [me, place, room.id]);
  const is_written = useChat(({ timelines }) =>
    timelines[room.id]?.recent.some(({ type, actor }) => type === "message.created" && actor === me),
  );
  useEffect(() => {
    if (is_written && !has_said) onSaid();
  }, [is_written, has_said, onSaid]);
  useMuteEnding(room);
  const closed = closedBecause(room);
  const room_name = `#${room.name}`;
  if (has_said) {
    return (
      <p className={styles.said}>
        <Seal state="disk" label={t("messages.on_disk")} /> {t("welcome.said", { name: room_name })}{" "}
        <Link to={roomPath(room.id)}>{t("rooms.open_named", { name: room.name ?? "" })}</Link>
      </p>
    );
  }
  if (closed) return <ClosedBar closed={closed} room={room} in_thread />;
  return (
    <>
      <Composer
        room_id={room.id}
        name={room_name}
        me={me}
        apart={{
          place,
          focuses: false,
          ...(begins && { greeting: hello }),
          action: t("welcome.say_hello"),
          label: t("messages.write", { name: room_name }),
        }}
      />
      <p className={styles.note}>{t("welcome.hello_note")}</p>
    </>
  );
}

/** Tell whether the person wrote in the room, as far as this page knows, or is about to. */
function hasWritten(room_id: string, me: string): boolean {
  const { outbox, timelines } = useChat.getState();
  const recent = timelines[room_id]?.recent ?? [];
  const is_mine = ({ type, actor }: { type: string; actor: string }) => type === "message.created" && actor === me;
  return recent.some(is_mine) || outbox.some((unsent) => unsent.room_id === room_id);
}
