/** The rows of a room that are drawn, in the order of seq, and what is unsent behind them. */
import { memo, type RefObject } from "react";
import type { MessageRun } from "@/lib/chat/message-run";
import type { Unsent } from "@/lib/chat/outbox";
import { useLanguage, useT } from "@/lib/i18n";
import { dayTitle, isSameDay } from "@/lib/i18n/time-words";
import type { AnyMessage } from "@/lib/protocol";
import styles from "./message-list.module.css";
import { MessageRow } from "./message-row";
import type { RowWindow } from "./row-window";
import { UnsentRow } from "./unsent-row";

// After a pause the head is shown again, so that one sees when and who.
const GROUP_MILLISECONDS = 5 * 60_000;

/** Where the line "new" stands, and how many are behind it. */
export interface NewLine {
  /** The first message that was not seen. */
  seq: number | null;
  count: number;
}

interface Props {
  room_id: string;
  messages: MessageRun;
  unsent: Unsent[];
  me: string;
  line: NewLine;
  /** The rows drawn, and the space kept for those below. */
  shown: RowWindow;
  bottom: number;
  rows: RefObject<HTMLDivElement | null>;
  /** The message that the Tab key reaches, and the one that a link led to. */
  stop: string | null;
  marked: number | null;
  /** The message whose thread is open. */
  open_thread: string | null;
  /** Who has read which message as the newest, by its id. */
  readers: ReadonlyMap<string, string[]>;
}

/** What concerns the room and none of its messages, as a read position, draws nothing anew. */
export const MessageList = memo(function MessageList(props: Props) {
  const { room_id, messages, unsent, me, line, shown, bottom, rows, stop, marked, open_thread, readers } = props;
  const drawn = messages.slice(shown.start, shown.end);
  const last = messages.at(-1);
  return (
    <div className={styles.messages}>
      <div style={{ height: shown.top }} />
      <div ref={rows}>
        {drawn.map((message, index) => {
          const above =
            index > 0 ? drawn[index - 1] : messages.at(shown.start - 1 < 0 ? messages.length : shown.start - 1);
          const new_day = !above || !isSameDay(new Date(above.at), new Date(message.at));
          const is_first_new = message.seq === line.seq;
          return (
            <div key={message.id} data-id={message.id} data-seq={message.seq}>
              {new_day && <DayLine at={message.at} />}
              {is_first_new && <NewRule count={line.count} />}
              <MessageRow
                message={message}
                follows={!is_first_new && above !== undefined && follows(above, message.sender, message.at)}
                me={me}
                is_stop={message.id === stop}
                is_marked={message.seq === marked || message.id === open_thread}
                is_thread_open={message.id === open_thread}
                room_id={room_id}
                readers={readers.get(message.id)?.join()}
              />
            </div>
          );
        })}
      </div>
      <div style={{ height: bottom }} />
      {unsent.map((one, index) => (
        <UnsentRow
          key={one.cid}
          unsent={one}
          follows={index > 0 || (last !== undefined && follows(last, me, new Date(one.written_at).toISOString()))}
          me={me}
        />
      ))}
    </div>
  );
});

/** Tell whether what somebody wrote then goes on from the message above, so that it needs no head of its own. */
export function follows(above: AnyMessage, sender: string, at: string): boolean {
  const [earlier, later] = [new Date(above.at), new Date(at)];
  const apart = later.getTime() - earlier.getTime();
  return above.sender === sender && apart < GROUP_MILLISECONDS && isSameDay(earlier, later);
}

function DayLine({ at }: { at: string }) {
  useLanguage();
  return (
    <p className={styles.day}>
      <span>{dayTitle(new Date(at), new Date())}</span>
    </p>
  );
}

/** Says that what stands below is new. */
export function NewRule({ count }: { count: number }) {
  const t = useT();
  return (
    <p className={styles.new}>
      <span>{count > 0 ? t("messages.new_count", { count }) : t("messages.new")}</span>
    </p>
  );
}
