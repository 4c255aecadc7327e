/** Asks before what cannot be taken back; the safe way out is the one that is filled. */
import { type ReactNode, useState } from "react";
import { explain, useT } from "@/lib/i18n";
import { Alert } from "./alert";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  /** What the button says that does it. */
  act: string;
  /** What the button says that does nothing. */
  keep?: string;
  onAct: () => Promise<void>;
  onClose: () => void;
  /** A failure in the words of this place; null leaves it to the table of errors. */
  say?: (error: unknown) => string | null;
  children?: ReactNode;
}

export function ConfirmDialog({ title, act, keep, onAct, onClose, say, children }: Props) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await onAct();
      onClose();
    } catch (error) {
      setFailure(say?.(error) ?? explain(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Alert>{failure}</Alert>
      {children}
      <div className="actions">
        <button type="button" className="button danger" disabled={busy} onClick={confirm}>
          {act}
        </button>
        <button type="button" className="button primary" onClick={onClose}>
          {keep ?? t("app.cancel")}
        </button>
      </div>
    </Dialog>
  );
}
