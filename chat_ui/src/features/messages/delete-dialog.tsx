/** Asks before a message is deleted, for that cannot be taken back. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Dialog } from "@/components/dialog";
import { deleteMessage } from "@/lib/chat/message-commands";
import { explain, useT } from "@/lib/i18n";
import type { Message } from "@/lib/protocol";
import styles from "./message.module.css";
import { useNamed } from "./use-named";

const SHOWN_CHARACTERS = 200;

export function DeleteDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useT();
  const named = useNamed();
  const [failure, setFailure] = useState<string | null>(null);
  const remove = async () => {
    try {
      await deleteMessage(message);
      onClose();
    } catch (error) {
      setFailure(explain(error));
    }
  };
  return (
    <Dialog title={t("messages.delete_sure")} onClose={onClose}>
      <Alert>{failure}</Alert>
      <p className="soft">{t("messages.delete_why")}</p>
      <blockquote className={styles.sample}>{named(message.text).slice(0, SHOWN_CHARACTERS)}</blockquote>
      <div className="actions">
        <button type="button" className="button danger" onClick={remove}>
          {t("messages.delete")}
        </button>
        <button type="button" className="button primary" onClick={onClose}>
          {t("messages.keep")}
        </button>
      </div>
    </Dialog>
  );
}
