/** The toasts that are shown, each with its Undo. */
import { useEffect, useState } from "react";
import { explain, useT } from "@/lib/i18n";
import { type Shown, toasts, useToasts } from "@/lib/toasts";
import styles from "./toast.module.css";
import { ToastFrame } from "./toast-frame";

export function Toasts() {
  const t = useT();
  const shown = useToasts((list) => list.shown);
  useEffect(() => () => toasts.clear(), []);
  return (
    <section className={styles.list} aria-label={t("toast.region")} aria-live="polite">
      {shown.map((toast) => (
        <Toast key={toast.key} toast={toast} />
      ))}
    </section>
  );
}

function Toast({ toast }: { toast: Shown }) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const undo = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await toast.undo?.();
      toasts.dismiss(toast.key);
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <ToastFrame stays={busy || failure !== null} onEnd={() => toasts.dismiss(toast.key)}>
      <span className={styles.text}>
        {toast.text}
        {failure && <span role="alert"> {failure}</span>}
      </span>
      {toast.undo && (
        <button type="button" className={styles.undo} disabled={busy} onClick={undo}>
          {t("toast.undo")}
        </button>
      )}
    </ToastFrame>
  );
}
