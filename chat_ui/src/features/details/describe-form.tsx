/** The name, the topic and the description of a room, for who may change them. */
import { type FormEvent, useId, useState } from "react";
import { Alert } from "@/components/alert";
import { Field } from "@/components/field";
import { ApiError } from "@/lib/api";
import { changeRoom } from "@/lib/chat/membership";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { forgetTyped, keepTyped, type Texts, useTyped } from "./descriptions";
import styles from "./details.module.css";

const NAME_LENGTH = 80;
const TOPIC_LENGTH = 250;
const DESCRIPTION_LENGTH = 2000;

export function DescribeForm({ room }: { room: Room }) {
  const t = useT();
  const id = useId();
  const typed = useTyped(room.id);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const stored: Texts = { name: room.name ?? "", topic: room.topic, description: room.description ?? "" };
  const shown = { ...stored, ...typed };
  const changes = changed(stored, typed);
  const type = (text: Partial<Texts>) => keepTyped(room.id, { typed: text, stored });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await changeRoom(room.id, changes);
      forgetTyped(room.id, typed);
    } catch (error) {
      const taken = error instanceof ApiError && error.body.code === "conflict" && error.body.room_id;
      setFailure(taken ? t("rooms.name_taken", { name: shown.name }) : explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={save}>
      <Alert>{failure}</Alert>
      <Field
        label={t("rooms.name")}
        value={shown.name}
        maxLength={NAME_LENGTH}
        autoComplete="off"
        required={room.kind === "channel"}
        onChange={(event) => type({ name: event.target.value })}
      />
      <Field
        label={t("details.topic")}
        value={shown.topic}
        maxLength={TOPIC_LENGTH}
        autoComplete="off"
        onChange={(event) => type({ topic: event.target.value })}
      />
      <div className={styles.area}>
        <label htmlFor={id}>{t("details.description")}</label>
        <textarea
          id={id}
          rows={4}
          value={shown.description}
          maxLength={DESCRIPTION_LENGTH}
          onChange={(event) => type({ description: event.target.value })}
        />
      </div>
      <button type="submit" className="button" disabled={busy || Object.keys(changes).length === 0}>
        {t("messages.save")}
      </button>
    </form>
  );
}

/** Return what differs from what is stored, as it is sent; an empty name is no wish. */
function changed(stored: Texts, typed: Partial<Texts>): Partial<Texts> {
  const clean = Object.entries(typed).map(([key, text]) => [key, text.normalize("NFC").trim()] as const);
  const wanted = clean.filter(([key, text]) => text !== stored[key as keyof Texts] && !(key === "name" && !text));
  return Object.fromEntries(wanted);
}
