/** Asks for the name of a section of one's own. */
import { type FormEvent, useState } from "react";
import { SECTION_LENGTH } from "@/lib/chat/sections";
import { explain, useT } from "@/lib/i18n";
import { Alert } from "./alert";
import { Dialog } from "./dialog";
import { Field } from "./field";

interface Props {
  title: string;
  /** What the button does. */
  act: string;
  name?: string;
  onName: (name: string) => Promise<void>;
  onClose: () => void;
}

/** Names a section that a room is about to be put into. */
export function NewSectionDialog({ onName, onClose }: Pick<Props, "onName" | "onClose">) {
  const t = useT();
  return (
    <SectionNameDialog title={t("sections.new_title")} act={t("sections.move_now")} onName={onName} onClose={onClose} />
  );
}

export function SectionNameDialog({ title, act, name = "", onName, onClose }: Props) {
  const t = useT();
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get("section") ?? "");
    const wanted = given.normalize("NFC").trim();
    if (busy || !wanted) return;
    setBusy(true);
    setFailure(null);
    try {
      await onName(wanted);
      onClose();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <Alert>{failure}</Alert>
        <Field
          label={t("sections.name")}
          name="section"
          defaultValue={name}
          maxLength={SECTION_LENGTH}
          autoComplete="off"
          required
          autoFocus
        />
        <div className="actions">
          <button type="button" className="button quiet" onClick={onClose}>
            {t("app.cancel")}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
