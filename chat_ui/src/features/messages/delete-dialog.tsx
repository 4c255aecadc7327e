/** Asks before a message is deleted, for that cannot be taken back. */
import { ConfirmDialog } from "@/components/confirm-dialog";
import { deleteMessage } from "@/lib/chat/message-commands";
import { useT } from "@/lib/i18n";
import type { Message } from "@/lib/protocol";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import styles from "./message.module.css";

const SHOWN_CHARACTERS = 200;

export function DeleteDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const t = useT();
  const named = useNamedText(message.text, mentionedIn(message));
  return (
    <ConfirmDialog
      title={t("messages.delete_sure")}
      act={t("messages.delete")}
      keep={t("messages.keep")}
      onAct={() => deleteMessage(message)}
      onClose={onClose}
    >
      <p className="soft">{t("messages.delete_why")}</p>
      <blockquote className={styles.sample}>{named.slice(0, SHOWN_CHARACTERS)}</blockquote>
    </ConfirmDialog>
  );
}
