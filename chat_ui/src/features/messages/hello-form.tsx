/** A first message to a room, written beforehand: it is the room's draft, and sent only by the person. */
import { useEffect, useState } from "react";
import { Link } from "@/components/link";
import { Seal } from "@/components/seal";
import { mayWrite } from "@/lib/chat/membership";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { roomPath } from "@/lib/router";
import { Composer } from "./composer";
import { loadDraft, saveDraft } from "./drafts";
import styles from "./hello-form.module.css";

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
  // Before the field reads it; what the person wrote there stays.
  useState(() => {
    if (!has_said && !loadDraft(me, room.id).text)
      saveDraft(me, room.id, { text: t("welcome.hello", { name }), picked: {} });
  });
  const is_written = useChat(({ timelines }) =>
    timelines[room.id]?.recent.some(({ type, actor }) => type === "message.created" && actor === me),
  );
  useEffect(() => {
    if (is_written && !has_said) onSaid();
  }, [is_written, has_said, onSaid]);
  const room_name = `#${room.name}`;
  if (has_said) {
    return (
      <p className={styles.said}>
        <Seal state="disk" label={t("messages.on_disk")} /> {t("welcome.said", { name: room_name })}{" "}
        <Link to={roomPath(room.id)}>{t("rooms.open_named", { name: room.name ?? "" })}</Link>
      </p>
    );
  }
  if (!mayWrite(room)) return <p className={styles.said}>{t("messages.reader")}</p>;
  return (
    <>
      <Composer
        room_id={room.id}
        name={room_name}
        me={me}
        apart={{
          place: room.id,
          focuses: false,
          action: t("welcome.say_hello"),
          label: t("messages.write", { name: room_name }),
        }}
      />
      <p className={styles.note}>{t("welcome.hello_note")}</p>
    </>
  );
}
