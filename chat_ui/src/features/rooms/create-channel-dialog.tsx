/** Creates a channel. */
import { type FormEvent, useState } from "react";
import { Alert } from "@/components/alert";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { ApiError } from "@/lib/api";
import { createChannel } from "@/lib/chat/rooms";
import { explain, useT } from "@/lib/i18n";
import { newCid } from "@/lib/ids";
import { navigate, roomPath } from "@/lib/router";

const NAME_LENGTH = 80;
const TOPIC_LENGTH = 250;

export function CreateChannelDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  // The room that has the name already.
  const [holder, setHolder] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // Another channel is another wish: the cid stays only as long as the wish is the same.
  const [wish, setWish] = useState({ content: "", cid: "" });
  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const channel = { name: read(form, "name"), topic: read(form, "topic"), private: form.has("private") };
    if (busy || !channel.name) return;
    const content = JSON.stringify(channel);
    const cid = wish.content === content ? wish.cid : newCid();
    setWish({ content, cid });
    setBusy(true);
    setFailure(null);
    setHolder(null);
    try {
      open(await createChannel({ ...channel, cid }));
    } catch (error) {
      const taken = error instanceof ApiError && error.body.code === "conflict" ? error.body.room_id : undefined;
      setHolder(taken ?? null);
      setFailure(taken ? t("rooms.name_taken", { name: channel.name }) : explain(error));
      setBusy(false);
    }
  };
  const open = (room_id: string) => {
    onClose();
    navigate(roomPath(room_id));
  };
  return (
    <Dialog title={t("rooms.create")} onClose={onClose}>
      <form onSubmit={create}>
        <Alert>{holder ? null : failure}</Alert>
        <Field
          label={t("rooms.name")}
          error={holder && failure}
          hint={
            holder ? (
              <button type="button" className="text-button" onClick={() => open(holder)}>
                {t("rooms.name_holder")}
              </button>
            ) : (
              t("rooms.name_hint")
            )
          }
          name="name"
          maxLength={NAME_LENGTH}
          autoComplete="off"
          required
          autoFocus
        />
        <Field label={t("rooms.topic")} name="topic" maxLength={TOPIC_LENGTH} autoComplete="off" />
        <label className="check">
          <input type="checkbox" name="private" /> {t("rooms.make_private")}
        </label>
        <div className="actions">
          <button type="button" className="button quiet" onClick={onClose}>
            {t("app.cancel")}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {t("rooms.create_now")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function read(form: FormData, name: string): string {
  return String(form.get(name) ?? "")
    .normalize("NFC")
    .trim();
}
