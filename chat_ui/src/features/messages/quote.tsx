/** The line of the message that another one answers; a press goes there. */
import { Icon } from "@/components/icon";
import { useQuoted } from "@/lib/chat/quoted";
import { useT } from "@/lib/i18n";
import { useUserName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { AnyMessage } from "@/lib/protocol";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import styles from "./message.module.css";
import { goToMessage } from "./room-desk";

export function Quote({ room_id, id }: { room_id: string; id: string }) {
  const t = useT();
  const message = useQuoted(room_id, id);
  return (
    <div className={styles.quote}>
      <Icon name="reply" small />
      <span className="only-read-out">{t("messages.in_reply")}</span>
      {message ? (
        <QuotedLine message={message} room_id={room_id} />
      ) : (
        <span>{message === null ? t("messages.quote_gone") : "…"}</span>
      )}
    </div>
  );
}

function QuotedLine({ message, room_id }: { message: AnyMessage; room_id: string }) {
  const t = useT();
  const name = useUserName(message.sender);
  const named = useNamedText(message.deleted ? "" : message.text, mentionedIn(message));
  const text = message.deleted ? t("messages.deleted") : oneLine(named);
  return (
    <button
      type="button"
      className={`${styles.quoted} ellipsis`}
      onClick={() => goToMessage({ room_id, seq: message.seq })}
    >
      <strong>{name}</strong> {text}
    </button>
  );
}
