/** Messages in each of their states. */
import { useRef } from "react";
import { MessageList } from "@/features/messages/message-list";
import { MessageText } from "@/features/messages/message-text";
import { Skeleton } from "@/features/messages/skeleton";
import { UnsentRow } from "@/features/messages/unsent-row";
import { MessageRun } from "@/lib/chat/message-run";
import { useChat } from "@/lib/chat/store";
import { ADA, HARBOUR, MESSAGES, MINSU, OPEN_SEQ, TEXT } from "../samples";
import { Section } from "../section";

const ROWS = MESSAGES.filter((message) => message.deleted || message.thread === null);
const READERS = new Map([["message-8", [MINSU]]]);

export function MessagesSection() {
  const rows = useRef<HTMLDivElement>(null);
  return (
    <Section name="Messages" is_flush>
      <MessageList
        room_id={HARBOUR}
        messages={MessageRun.of(ROWS)}
        unsent={[]}
        me={ADA}
        line={{ seq: 7, count: 3 }}
        shown={{ start: 0, end: ROWS.length, top: 0 } as never}
        bottom={0}
        rows={rows}
        stop={null}
        marked={OPEN_SEQ}
        open_thread={null}
        readers={READERS}
      />
    </Section>
  );
}

export function TextSection() {
  return (
    <Section name="Text">
      <MessageText text={TEXT} me={ADA} sender={MINSU} />
    </Section>
  );
}

/** Being written or waiting, as the connection stands, and one that was refused. */
export function UnsentSection() {
  const outbox = useChat((chat) => chat.outbox);
  return (
    <Section name="Unsent" is_flush>
      {outbox.map((unsent, index) => (
        <UnsentRow key={unsent.cid} unsent={unsent} follows={index > 0} me={ADA} />
      ))}
    </Section>
  );
}

export function WaitingSection() {
  return (
    <Section name="Skeleton" is_flush>
      <Skeleton fills={false} />
    </Section>
  );
}
