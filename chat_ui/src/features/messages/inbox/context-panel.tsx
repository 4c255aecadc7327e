/** What was said around a message of the inbox, beside the list; it marks nothing as read. */
import { useLayoutEffect, useRef } from "react";
import { Alert } from "@/components/alert";
import { Link } from "@/components/link";
import { Panel } from "@/components/panel";
import { useAround } from "@/lib/chat/around";
import { concerns } from "@/lib/chat/counts";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useRoomName } from "@/lib/names";
import type { AnyMessage } from "@/lib/protocol";
import { messagePath } from "@/lib/router";
import { follows } from "../message-list";
import { MessageRow } from "../message-row";
import { onRowKey } from "../row-keys";
import { Skeleton } from "../skeleton";
import thread from "../thread.module.css";
import styles from "./inbox.module.css";

export function ContextPanel({ room_id, seq, closes_to }: { room_id: string; seq: number; closes_to: string }) {
  const t = useT();
  const me = useChat((chat) => chat.me);
  const room = useChat(({ timelines }) => timelines[room_id]?.room);
  const name = useRoomName(room, me);
  const { messages, failure, retry } = useAround(room_id, seq);
  const box = useRef<HTMLElement>(null);
  const is_loaded = messages !== null;
  // Once; later the reader may have gone elsewhere.
  useLayoutEffect(() => {
    if (is_loaded) box.current?.querySelector("[data-meant]")?.scrollIntoView({ block: "center" });
  }, [is_loaded]);
  const focusRow = (place: number) =>
    [...(box.current?.querySelectorAll<HTMLElement>("[data-message]") ?? [])].at(place)?.focus();
  return (
    <Panel
      className={styles.beside}
      label={t("inbox.context_of", { name })}
      title={name}
      lead={t("inbox.context")}
      action={
        <Link to={messagePath({ room_id, seq })} className={styles.opens_room}>
          {t("inbox.open_room")}
        </Link>
      }
      close={{ label: t("inbox.close"), to: closes_to }}
    >
      <section
        ref={box}
        className={thread.list}
        role="log"
        aria-live="off"
        aria-label={t("inbox.context_of", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it the keyboard cannot scroll.
        tabIndex={0}
        onKeyDown={(event) => onRowKey(event, { toFirst: () => focusRow(0), toEnd: () => focusRow(-1) })}
      >
        {failure && (
          <div className={thread.middle}>
            <Alert>{failure}</Alert>
            <button type="button" className="button" onClick={retry}>
              {t("app.retry")}
            </button>
          </div>
        )}
        {!messages && !failure && <Skeleton fills={false} />}
        {messages?.map((message, index) => {
          const above = messages[index - 1];
          const goes_on = above !== undefined && follows(above, message.sender, message.at);
          return (
            <div key={message.id} data-meant={message.seq === seq || undefined}>
              <MessageRow
                message={message}
                follows={goes_on}
                me={me}
                is_stop={index === messages.length - 1}
                is_marked={message.seq === seq && !calls(message, me)}
                in_thread
              />
            </div>
          );
        })}
      </section>
    </Panel>
  );
}

/** What calls one is marked as such already. */
function calls(message: AnyMessage, me: string): boolean {
  return !message.deleted && message.sender !== me && concerns(message.mentions, me);
}
