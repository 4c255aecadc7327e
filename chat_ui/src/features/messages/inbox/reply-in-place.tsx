/** The field under a message of the inbox, and what became of the replies that were written in it. */
import { useMemo } from "react";
import { Icon } from "@/components/icon";
import { Seal } from "@/components/seal";
import { ApiError } from "@/lib/api";
import type { Unsent } from "@/lib/chat/outbox";
import { discard, retry } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { rootOf } from "@/lib/chat/threads";
import { closedBecause, useMuteEnding } from "@/lib/chat/writing";
import { explain, useT } from "@/lib/i18n";
import { placeName, useRoomName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import { openOutbox } from "@/lib/overlay";
import type { Message, Room } from "@/lib/protocol";
import { useNamedText } from "@/lib/use-named";
import { ClosedBar } from "../closed-bar";
import { Composer } from "../composer";
import { replyPlace } from "../drafts";
import rows from "./inbox-row.module.css";
import styles from "./reply-in-place.module.css";

// Whoever one has named oneself is known by name.
const KNOWN: readonly string[] = [];

interface Props {
  room: Room;
  message: Message;
  me: string;
  /** Whether the person asked for the field. */
  focuses: boolean;
}

export function ReplyInPlace({ room, message, me, focuses }: Props) {
  const t = useT();
  const name = useRoomName(room, me);
  const thread = rootOf(message) ?? undefined;
  const place = thread ?? replyPlace(message.id);
  const outbox = useChat((chat) => chat.outbox);
  const unsent = outbox.filter((one) => (thread ? one.thread === thread : one.reply_to === message.id));
  const recent = useChat(({ timelines }) => timelines[room.id]?.recent);
  // What the log says of them, and nothing before it does.
  const written = useMemo(
    () =>
      (recent ?? []).flatMap((event) => {
        if (event.type !== "message.created" || event.actor !== me || !("text" in event.message)) return [];
        const is_answer = thread ? event.message.thread === thread : event.message.reply_to === message.id;
        return is_answer ? [event.message] : [];
      }),
    [recent, me, thread, message.id],
  );
  const label =
    room.kind === "direct"
      ? t("inbox.reply_to_person", { name })
      : t("inbox.reply_to", { name: placeName(room, name) });
  useMuteEnding(room);
  const closed = closedBecause(room);
  if (closed) return <ClosedBar closed={closed} room={room} in_thread />;
  return (
    <div className={styles.reply}>
      {written.slice(-3).map(({ id, text }) => (
        <Written key={id} text={text} />
      ))}
      {unsent.map((one) => (
        <OnItsWay key={one.cid} unsent={one} />
      ))}
      <Composer
        key={place}
        room_id={room.id}
        name={name}
        me={me}
        {...(thread && { thread })}
        apart={{ place, focuses, label, ...(!thread && { reply_to: message.id }) }}
      />
    </div>
  );
}

function Written({ text }: { text: string }) {
  const t = useT();
  const named = useNamedText(text, KNOWN);
  return (
    <p className={styles.written}>
      <Seal state="disk" label={t("messages.on_disk")} />{" "}
      <span className="ellipsis">{t("inbox.replied", { text: oneLine(named) })}</span>
    </p>
  );
}

function OnItsWay({ unsent }: { unsent: Unsent }) {
  const t = useT();
  const named = useNamedText(unsent.text, KNOWN);
  const online = useChat(({ link }) => link === "online");
  if (unsent.state !== "failed") {
    const state = online ? "writing" : "waiting";
    return (
      <p className={styles.written}>
        <Seal state={state} label={t(online ? "messages.pending" : "messages.waiting")} />{" "}
        <span className="ellipsis">{oneLine(named)}</span>
      </p>
    );
  }
  const reason = explain(unsent.error && new ApiError(unsent.error));
  return (
    <div role="alert" className={styles.failed}>
      <p>
        {t("messages.failed", { reason })} <span className="soft">{oneLine(named)}</span>
      </p>
      <div className={rows.ways}>
        <button type="button" className="button small" onClick={() => retry(unsent.cid)}>
          <Icon name="retry" small /> {t("messages.retry")}
        </button>
        <button type="button" className="button small" onClick={openOutbox}>
          {t("outbox.open")}
        </button>
        <button type="button" className="button small danger" onClick={() => discard(unsent.cid)}>
          <Icon name="delete" small /> {t("messages.discard")}
        </button>
      </div>
    </div>
  );
}
