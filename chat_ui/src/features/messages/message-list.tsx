/** The room's messages in the order of seq, what is unsent behind them, and history loading upwards. */
import { Fragment, useMemo } from "react";
import type { Unsent } from "@/lib/chat/outbox";
import { useLanguage, useT } from "@/lib/i18n";
import { dayName, isSameDay } from "@/lib/i18n/times";
import type { AnyMessage } from "@/lib/protocol";
import styles from "./message-list.module.css";
import { MessageRow } from "./message-row";
import { UnsentRow } from "./unsent-row";

// After a pause the head is shown again, so that one sees when and who.
const GROUP_MILLISECONDS = 5 * 60_000;

interface Props {
  messages: AnyMessage[];
  unsent: Unsent[];
  me: string;
  /** The read position when the room was opened: the line "new" stands behind it. */
  read_seq: number | null;
}

export function MessageList({ messages, unsent, me, read_seq }: Props) {
  const first_new = useMemo(() => firstNew(messages, read_seq, me), [messages, read_seq, me]);
  const last = messages.at(-1);
  return (
    <ol className={styles.messages}>
      {messages.map((message, index) => {
        const above = messages[index - 1];
        const new_day = !above || !isSameDay(new Date(above.at), new Date(message.at));
        return (
          <Fragment key={message.id}>
            {new_day && <DayLine at={message.at} />}
            {message === first_new && <NewLine />}
            <MessageRow
              message={message}
              follows={!new_day && message !== first_new && follows(message, above)}
              me={me}
            />
          </Fragment>
        );
      })}
      {unsent.map((one, index) => (
        <UnsentRow key={one.cid} unsent={one} follows={index > 0 || last?.sender === me} me={me} />
      ))}
    </ol>
  );
}

/** Return the first message behind the read position, unless it may lie above what is loaded. */
function firstNew(messages: AnyMessage[], read_seq: number | null, me: string): AnyMessage | undefined {
  const [first] = messages;
  if (read_seq === null || !first || (first.seq > read_seq + 1 && first.n > 1)) return undefined;
  return messages.find((message) => message.seq > read_seq && message.sender !== me);
}

function follows(message: AnyMessage, above: AnyMessage): boolean {
  return above.sender === message.sender && Date.parse(message.at) - Date.parse(above.at) < GROUP_MILLISECONDS;
}

function DayLine({ at }: { at: string }) {
  useLanguage();
  return (
    <li className={styles.day}>
      <span>{dayName(new Date(at), new Date())}</span>
    </li>
  );
}

function NewLine() {
  const t = useT();
  return (
    <li className={styles.new} data-first-new>
      <span>{t("messages.new")}</span>
    </li>
  );
}
