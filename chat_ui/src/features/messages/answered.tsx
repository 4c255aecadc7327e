/** Says whom one is answering, with the way out of it. */
import { useEffect } from "react";
import { Icon } from "@/components/icon";
import { useInRoom } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useUserName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { Message } from "@/lib/protocol";
import { mentionedIn, useNamedText } from "@/lib/use-named";
import styles from "./composer.module.css";
import { answerNothing, useDesk } from "./room-desk";

/** Return the message that is being answered, unless it was deleted meanwhile. */
export function useAnswered(room_id: string): Message | null {
  const answered = useDesk(({ answering }) => answering[room_id] ?? null);
  const is_gone = useInRoom(room_id, (timeline) => timeline?.messages?.byId(answered?.id ?? "")?.deleted ?? false);
  useEffect(() => {
    if (is_gone) answerNothing(room_id);
  }, [is_gone, room_id]);
  return is_gone ? null : answered;
}

export function Answered({ message }: { message: Message }) {
  const t = useT();
  const named = useNamedText(message.text, mentionedIn(message));
  const name = useUserName(message.sender);
  return (
    <div className={styles.answered}>
      <Icon name="reply" small />
      <span className="ellipsis">
        {t("messages.replying", { name })} <span className="soft">{oneLine(named)}</span>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={t("messages.reply_cancel")}
        onClick={() => answerNothing(message.room_id)}
      >
        <Icon name="close" small />
      </button>
    </div>
  );
}
