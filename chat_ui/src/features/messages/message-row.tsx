/** One message of the room, with its head unless it goes on from the one above. */
import { type KeyboardEvent, memo, Suspense, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { PersonButton } from "@/components/person-button";
import { Seal } from "@/components/seal";
import { concerns } from "@/lib/chat/counts";
import { mayWrite } from "@/lib/chat/membership";
import { useIsPinned } from "@/lib/chat/pins";
import { useChat, useInRoom } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { clockTime, fullTime, isSameDay } from "@/lib/i18n/time-words";
import { lazily } from "@/lib/lazily";
import { userName, useUser } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { AnyMessage, Message, User } from "@/lib/protocol";
import { areSingleKeysOn } from "@/lib/single-keys";
import { mentionedIn, named, useNamedText } from "@/lib/use-named";
import { ActionBar } from "./action-bar";
import { DeleteDialog } from "./delete-dialog";
import styles from "./message.module.css";
import { actionsOf } from "./message-actions";
import { MessageEditor } from "./message-editor";
import { MessageSheet } from "./message-sheet";
import { MessageText } from "./message-text";
import { Quote } from "./quote";
import { Reactions } from "./reactions";
import { Readers } from "./readers";
import { isEditedIn, useDesk } from "./room-desk";
import { ThreadRow } from "./thread-row";
import { useLongPress } from "./use-long-press";

const WhyDialog = lazily(() => import("./why-dialog"));

// So much of a message is in its name; the rest is read in the row itself.
const READ_CHARACTERS = 1_000;

interface Props {
  message: AnyMessage;
  follows: boolean;
  me: string;
  /** Whether the Tab key reaches it. */
  is_stop?: boolean;
  /** Whether a link led to it. */
  is_marked?: boolean;
  /** Whether its thread is open beside the room. */
  is_thread_open?: boolean | undefined;
  /** Whether it stands in a panel beside a room or a list. */
  in_thread?: boolean;
  /** The room whose threads are shown; a message that is gone does not know its own. */
  room_id?: string;
  /** Those whose newest read message it is, their ids with a comma between them. */
  readers?: string | undefined;
}

export const MessageRow = memo(function MessageRow(props: Props) {
  const { message, follows, me, is_stop, is_marked, is_thread_open, in_thread, room_id, readers } = props;
  const t = useT();
  const user = useUser(message.sender);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const [held, setHeld] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const at = new Date(message.at);
  const is_mine = message.sender === me;
  const is_edited = useDesk((desk) => isEditedIn(desk, message, in_thread ?? false));
  const editing = is_mine && is_edited;
  const is_pinned = useIsPinned(message.deleted ? "" : message.room_id, message.id);
  const [deleting, setDeleting] = useState(false);
  const row = useRef<HTMLElement>(null);
  const to_me = !message.deleted && !is_mine && concerns(message.mentions, me);
  const [sheet, setSheet] = useState(false);
  const [asking_why, setAskingWhy] = useState(false);
  const asks = { onDelete: () => setDeleting(true), onWhy: () => setAskingWhy(true) };
  const context = { me, t, named, onFailure: setFailure, ...asks, in_thread };
  const onKeyDown = (event: KeyboardEvent) => {
    const has_modifier = event.ctrlKey || event.metaKey || event.altKey;
    if (event.target !== event.currentTarget || has_modifier || message.deleted) return;
    if (event.code.startsWith("Key") && !areSingleKeysOn()) return;
    const bar = event.code === "KeyR" && event.currentTarget.querySelector<HTMLElement>("[data-react]");
    const action = actionsOf(message, useChat.getState().timelines[message.room_id]?.room, context).find(
      ({ code }) => code === event.code,
    );
    if (!bar && !action) return;
    event.preventDefault();
    if (bar) bar.click();
    else action?.run();
  };
  const long_press = useLongPress(() => setSheet(!message.deleted && !editing));
  const looks = [styles.message, follows && styles.follows, to_me && styles.addressed, is_marked && styles.marked];
  const label = useRowLabel(message, { user, to_me, on_disk: is_mine, is_pinned });
  const time = (
    <time dateTime={message.at} title={fullTime(at)} className={styles.time}>
      {clockTime(at)}
    </time>
  );
  return (
    <article
      className={looks.filter(Boolean).join(" ")}
      ref={row}
      tabIndex={is_stop ? 0 : -1}
      aria-label={label}
      // A finger has the sheet; the bar that came under it would be pressed by the same tap.
      onPointerEnter={(event) => setPointed(event.pointerType !== "touch")}
      onPointerLeave={() => setPointed(false)}
      onFocus={(event) => setFocused(event.target.matches(":focus-visible"))}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
      onKeyDown={onKeyDown}
      {...long_press}
      data-message
    >
      {follows ? (
        time
      ) : (
        <PersonButton id={message.sender} only_pointer>
          <Avatar id={message.sender} user={user} />
        </PersonButton>
      )}
      <div className={styles.body}>
        <header className={follows ? "only-read-out" : styles.head}>
          <PersonButton id={message.sender} className={styles.name} is_stop={!follows && (focused || pointed)}>
            {user ? userName(user) : "…"}
          </PersonButton>
          {user?.bot && <span className={styles.bot}>{t("messages.bot")}</span>}
          {!follows && time}
        </header>
        {is_pinned && (
          <p className={styles.pinned}>
            <Icon name="pin" small /> {t("pins.pinned")}
          </p>
        )}
        {message.deleted && <p className={styles.gone}>{t("messages.deleted")}</p>}
        {editing && !message.deleted && (
          <MessageEditor message={message} beside={in_thread ?? false} onClose={() => row.current?.focus()} />
        )}
        {!editing && !message.deleted && <Content message={message} me={me} onFailure={setFailure} />}
        {failure && <Alert>{failure}</Alert>}
        {room_id && <ThreadRow message={message} room_id={room_id} is_open={is_thread_open} />}
      </div>
      <span className={styles.ledger}>
        {is_mine && !message.deleted && isSameDay(at, new Date()) && (
          <Seal state="disk" label={t("messages.on_disk")} />
        )}
        {readers && <Readers ids={readers} />}
      </span>
      {(pointed || focused || held) && !editing && !message.deleted && (
        <ActionBar message={message} context={context} onHold={setHeld} />
      )}
      {sheet && !message.deleted && (
        <MessageSheet message={message} context={context} onClose={() => setSheet(false)} />
      )}
      {deleting && !message.deleted && <DeleteDialog message={message} onClose={() => setDeleting(false)} />}
      {asking_why && !message.deleted && (
        <Suspense>
          <WhyDialog message={message} onClose={() => setAskingWhy(false)} />
        </Suspense>
      )}
    </article>
  );
});

/** Name the row as a screen reader says it: who, when, what, and what became of it. */
function useRowLabel(message: AnyMessage, { user, to_me, on_disk, is_pinned }: LabelFacts): string {
  const t = useT();
  const named = useNamedText(message.deleted ? "" : message.text, mentionedIn(message));
  const name = user ? userName(user) : "…";
  const facts = { name, time: clockTime(new Date(message.at)), text: oneLine(named, READ_CHARACTERS) };
  if (message.deleted) return t("messages.row_stateless", { ...facts, text: t("messages.deleted") });
  const states = [
    to_me && t("messages.state_mention"),
    message.edited_at && t("messages.state_edited"),
    is_pinned && t("pins.pinned"),
    on_disk && t("messages.on_disk"),
  ].filter(Boolean);
  return states.length > 0
    ? t("messages.row", { ...facts, state: states.join(", ") })
    : t("messages.row_stateless", facts);
}

interface LabelFacts {
  user: User | undefined;
  to_me: boolean;
  on_disk: boolean;
  is_pinned: boolean;
}

interface ContentProps {
  message: Message;
  me: string;
  onFailure: (reason: string | null) => void;
}

function Content({ message, me, onFailure }: ContentProps) {
  return (
    <>
      {message.reply_to && <Quote room_id={message.room_id} id={message.reply_to} />}
      <div className={styles.text} data-message-text>
        <MessageText
          text={message.text}
          me={me}
          sender={message.sender}
          mentioned={mentionedIn(message)}
          after={message.edited_at && <EditedMark at={message.edited_at} />}
        />
      </div>
      {message.attachments.map((file) => (
        <FileLine key={file.id} name={file.name} />
      ))}
      {message.reactions.length > 0 && <ShownReactions message={message} onFailure={onFailure} />}
    </>
  );
}

function EditedMark({ at }: { at: string }) {
  const t = useT();
  return (
    <span className={styles.edited} title={fullTime(new Date(at))}>
      {" "}
      {t("messages.edited")}
    </span>
  );
}

function FileLine({ name }: { name: string }) {
  const t = useT();
  return (
    <p className={styles.file}>
      <Icon name="file" /> {t("messages.attachment", { name })}
    </p>
  );
}

function ShownReactions({ message, onFailure }: Omit<ContentProps, "me">) {
  const may_react = useInRoom(message.room_id, (timeline) => mayWrite(timeline?.room));
  return <Reactions message={message} may_react={may_react} onFailure={onFailure} />;
}
