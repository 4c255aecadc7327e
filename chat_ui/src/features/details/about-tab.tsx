/** What a room is about, and the way out of it. */
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Icon } from "@/components/icon";
import { ApiError } from "@/lib/api";
import { mayDescribe, mayGovern, mayModerate } from "@/lib/chat/membership";
import { leaveRoom } from "@/lib/chat/rooms";
import { discard } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import { DescribeForm } from "./describe-form";
import styles from "./details.module.css";
import { NotifyChoice } from "./notify-choice";
import { OutgoingList } from "./outgoing-list";
import { RoomSettings } from "./room-settings";
import { SectionChoice } from "./section-choice";

export function AboutTab({ room, name }: { room: Room; name: string }) {
  const t = useT();
  const [leaving, setLeaving] = useState(false);
  return (
    <div className={styles.body}>
      {room.archived && <p className={styles.note}>{t("messages.archived")}</p>}
      {mayDescribe(room) ? (
        <DescribeForm key={room.id} room={room} />
      ) : (
        <>
          <Said title={t("details.topic")} text={room.topic} />
          <Said title={t("details.description")} text={room.description} />
        </>
      )}
      <NotifyChoice room={room} />
      <SectionChoice room={room} />
      {mayGovern(room) && <RoomSettings room={room} name={name} />}
      {mayModerate(room) && <OutgoingList key={room.id} room={room} />}
      {room.kind !== "direct" && (
        <button type="button" className="button danger" onClick={() => setLeaving(true)}>
          <Icon name="leave" small /> {t("rooms.leave")}
        </button>
      )}
      {leaving && <LeaveDialog room={room} name={name} onClose={() => setLeaving(false)} />}
    </div>
  );
}

function Said({ title, text }: { title: string; text: string | undefined }) {
  if (!text) return null;
  return (
    <section>
      <h3>{title}</h3>
      <p className={styles.lines}>{text}</p>
    </section>
  );
}

function LeaveDialog({ room, name, onClose }: { room: Room; name: string; onClose: () => void }) {
  const t = useT();
  const outbox = useChat((chat) => chat.outbox);
  const unsent = outbox.filter(({ room_id }) => room_id === room.id);
  const leave = async () => {
    await leaveRoom(room.id);
    // Nobody could send them any more.
    for (const { cid } of unsent) discard(cid);
    navigate("/");
  };
  const isLastOwner = (error: unknown) => error instanceof ApiError && error.body.code === "conflict";
  return (
    <ConfirmDialog
      title={t("rooms.leave_sure", { name })}
      act={t("rooms.leave")}
      onAct={leave}
      onClose={onClose}
      say={(error) => (isLastOwner(error) ? t("rooms.last_owner") : null)}
    >
      {room.private && <p>{t("rooms.leave_private")}</p>}
      {unsent.length > 0 && <p>{t("rooms.leave_unsent", { count: unsent.length })}</p>}
    </ConfirmDialog>
  );
}
