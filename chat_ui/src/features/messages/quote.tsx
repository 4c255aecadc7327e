/** The line of the message that another one answers; a press goes there while it is loaded. */
import { Icon } from "@/components/icon";
import { useQuoted } from "@/lib/chat/quoted";
import { useT } from "@/lib/i18n";
import { useUserName } from "@/lib/names";
import type { AnyMessage } from "@/lib/protocol";
import styles from "./message.module.css";
import { oneLine } from "./one-line";
import { useNamedText } from "./use-named";

export function Quote({ room_id, id }: { room_id: string; id: string }) {
  const t = useT();
  const { message, is_loaded } = useQuoted(room_id, id);
  return (
    <div className={styles.quote}>
      <Icon name="reply" small />
      <span className="only-read-out">{t("messages.in_reply")}</span>
      {message ? (
        <QuotedLine message={message} is_loaded={is_loaded} />
      ) : (
        <span>{message === null ? t("messages.quote_gone") : "…"}</span>
      )}
    </div>
  );
}

function QuotedLine({ message, is_loaded }: { message: AnyMessage; is_loaded: boolean }) {
  const t = useT();
  const name = useUserName(message.sender);
  const named = useNamedText(message.deleted ? "" : message.text);
  const text = message.deleted ? t("messages.deleted") : oneLine(named);
  const line = (
    <>
      <strong>{name}</strong> {text}
    </>
  );
  const goThere = () => {
    const row = document.getElementById(`message-${message.id}`);
    row?.scrollIntoView({ block: "center" });
    row?.focus();
  };
  if (!is_loaded) return <span className={`${styles.quoted} ellipsis`}>{line}</span>;
  return (
    <button type="button" className={`${styles.quoted} ellipsis`} onClick={goThere}>
      {line}
    </button>
  );
}
