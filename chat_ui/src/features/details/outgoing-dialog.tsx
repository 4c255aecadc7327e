/** Makes a webhook, and shows the secret that it signs with this once. */
import { type FormEvent, useState } from "react";
import { Alert } from "@/components/alert";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { addOutgoing, PARTS, type Part } from "@/lib/chat/outgoing";
import { explain, useT } from "@/lib/i18n";
import styles from "./details.module.css";
import { ShownOnce } from "./shown-once";

const URL_LENGTH = 1024;

export default function OutgoingDialog({
  room_id,
  onMade,
  onClose,
}: {
  room_id: string;
  onMade: () => void;
  onClose: () => void;
}) {
  const t = useT();
  const [secret, setSecret] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const url = String(form.get("url") ?? "").trim();
    const parts = PARTS.filter((part) => form.has(part));
    if (busy || !url) return;
    if (parts.length === 0) return setFailure(t("outgoing.nothing_wanted"));
    setBusy(true);
    setFailure(null);
    try {
      setSecret((await addOutgoing(room_id, { url, parts })).secret);
      onMade();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  if (secret) {
    return (
      <Dialog title={t("outgoing.made")} onClose={onClose}>
        <p className="soft">{t("outgoing.secret_why")}</p>
        <ShownOnce label={t("outgoing.secret")} text={secret} />
        <div className="actions">
          <button type="button" className="button primary" onClick={onClose}>
            {t("app.close")}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("outgoing.add")} onClose={onClose}>
      <form onSubmit={make}>
        <Alert>{failure}</Alert>
        <Field
          label={t("outgoing.url")}
          hint={t("outgoing.url_hint")}
          name="url"
          type="url"
          placeholder="https://"
          maxLength={URL_LENGTH}
          autoComplete="off"
          required
          autoFocus
        />
        <fieldset className={styles.wanted}>
          <legend>{t("outgoing.wanted")}</legend>
          {PARTS.map((part) => (
            <Wanted key={part} part={part} />
          ))}
        </fieldset>
        <div className="actions">
          <button type="button" className="button quiet" onClick={onClose}>
            {t("app.cancel")}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {t("outgoing.add_now")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Wanted({ part }: { part: Part }) {
  const t = useT();
  return (
    <label>
      <input type="checkbox" name={part} defaultChecked={part === "messages"} /> {t(`outgoing.wants_${part}`)}
    </label>
  );
}
