/** What a room is about, and the way out of it. */
import { type FormEvent, useState } from "react";
import { Alert } from "@/components/alert";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { ApiError } from "@/lib/api";
import { describeRoom, mayDescribe } from "@/lib/chat/membership";
import { leaveRoom } from "@/lib/chat/rooms";
import { discard } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import styles from "./details.module.css";

const TOPIC_LENGTH = 250;

export function AboutTab({ room, name }: { room: Room; name: string }) {
  const t = useT();
  const [leaving, setLeaving] = useState(false);
  return (
    <div className={styles.body}>
      {room.archived && <p className={styles.note}>{t("messages.archived")}</p>}
      {mayDescribe(room) ? <TopicForm key={room.id} room={room} /> : room.topic && <Topic text={room.topic} />}
      {room.kind !== "direct" && (
        <button type="button" className="button danger" onClick={() => setLeaving(true)}>
          <Icon name="leave" small /> {t("rooms.leave")}
        </button>
      )}
      {leaving && <LeaveDialog room={room} name={name} onClose={() => setLeaving(false)} />}
    </div>
  );
}

function Topic({ text }: { text: string }) {
  const t = useT();
  return (
    <section>
      <h3>{t("details.topic")}</h3>
      <p>{text}</p>
    </section>
  );
}

function TopicForm({ room }: { room: Room }) {
  const t = useT();
  // Null until something was typed: somebody else's change shows meanwhile.
  const [typed, setTopic] = useState<string | null>(null);
  const topic = typed ?? room.topic;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await describeRoom(room.id, { topic: topic.normalize("NFC").trim() });
      setTopic(null);
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={save}>
      <Alert>{failure}</Alert>
      <Field
        label={t("details.topic")}
        value={topic}
        maxLength={TOPIC_LENGTH}
        autoComplete="off"
        onChange={(event) => setTopic(event.target.value)}
      />
      <button type="submit" className="button" disabled={busy || topic.trim() === room.topic}>
        {t("messages.save")}
      </button>
    </form>
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
