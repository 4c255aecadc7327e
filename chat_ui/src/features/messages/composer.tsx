/** Where one writes: Enter sends, what is written is kept as a draft, and names and emoji are completed. */
import { type KeyboardEvent, memo, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon } from "@/components/icon";
import { useQuoted } from "@/lib/chat/quoted";
import { send } from "@/lib/chat/sending";
import { useChat, useRoom } from "@/lib/chat/store";
import { sayStopped, sayTyping } from "@/lib/chat/typing";
import { useT } from "@/lib/i18n";
import { placeName } from "@/lib/names";
import { usePeople } from "@/lib/people";
import type { Message } from "@/lib/protocol";
import { Answered, useAnswered } from "./answered";
import { Aside } from "./aside";
import { CompletionList } from "./completion-list";
import { type Completion, useCompletions } from "./completions";
import styles from "./composer.module.css";
import { ComposerHint } from "./composer-hint";
import { applyFormat, ComposerTools } from "./composer-tools";
import { formatOfKey } from "./formatting";
import { countEmoji } from "./frequent-emoji";
import { encodeMentions, namesOf } from "./mentions";
import { answer, answerNothing, forgetPutBack, startEditing, useDesk } from "./room-desk";
import { cleaned, excessOf, leftOf } from "./text-limits";
import { TextPreview } from "./text-preview";
import { TypingLine } from "./typing-line";
import { useDraft } from "./use-draft";
import { useEnter } from "./use-enter";
import { useFittingHeight } from "./use-fitting-height";

// One edits what one wrote lately.
const LOOKED_BACK = 200;

interface Props {
  room_id: string;
  name: string;
  me: string;
  /** The message under whose thread one writes; none for the room itself. */
  thread?: string;
  /** Where it stands apart from its room: on one line, with a draft of its own, for a reply to one message. */
  apart?: { place: string; reply_to?: string; focuses: boolean; label: string; action?: string; greeting?: string };
}

/** What comes into the room draws nothing of it anew. */
export const Composer = memo(function Composer({ room_id, name, me, thread, apart }: Props) {
  const t = useT();
  const field = useRef<HTMLTextAreaElement>(null);
  // A thread has a draft and an answer of its own.
  const place = apart?.place ?? thread ?? room_id;
  const id = thread ? "thread-composer" : "composer";
  const list_id = `${id}-completions`;
  const { draft, change, kept_at, takeStored, aside, insertAside, dropAside } = useDraft(
    me,
    { place, greeting: apart?.greeting },
    field,
  );
  const [cursor, setCursor] = useState(0);
  const [is_formatting, setFormatting] = useState(false);
  const answered = useAnswered(place);
  const reply_to = useTakenBack(room_id, place, () => {
    takeStored();
    field.current?.focus();
  });
  const { q, items, chosen, choose, close, start } = useCompletions(draft.text, cursor, room_id);

  const encoded = () => {
    const known = namesOf(Object.values(usePeople.getState().users));
    return encodeMentions(cleaned(draft.text), { picked: draft.picked, known });
  };
  const excess = excessOf(draft.text, encoded);

  const pick = (item: Completion) => {
    if (start === null) return;
    const word = item.kind === "emoji" ? item.emoji.emoji : `@${item.username}`;
    const before = `${draft.text.slice(0, start)}${word} `;
    const is_somebody = item.kind === "name" && item.id !== null;
    const picked = is_somebody ? { ...draft.picked, [item.username.toLowerCase()]: item.id ?? "" } : draft.picked;
    if (item.kind === "emoji") countEmoji(me, word);
    // At once, for the next letter may be typed before the next frame.
    flushSync(() => {
      change({ text: before + draft.text.slice(cursor), picked });
      setCursor(before.length);
    });
    field.current?.focus();
    field.current?.setSelectionRange(before.length, before.length);
  };
  const submit = () => {
    const text = encoded();
    if (!text || excess > 0) return;
    send(room_id, text, apart?.reply_to ?? answered?.id ?? reply_to, thread);
    answerNothing(place);
    forgetPutBack(place);
    sayStopped(room_id);
    change({ text: "", picked: {} });
    field.current?.focus();
  };
  const enter = () => {
    const item = items[chosen];
    if (item) pick(item);
    else submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A key that the input method is busy with is none of ours.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (items.length === 0) return onBareKey(event);
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Tab" && !event.shiftKey) enter();
    else if (event.key === "Escape") close();
    else return onBareKey(event);
    event.preventDefault();
  };

  /** Keys that no list takes: formats, up in an empty field edits one's last message, Escape answers nobody. */
  const onBareKey = (event: KeyboardEvent) => {
    const kind = formatOfKey(event);
    const last = event.key === "ArrowUp" && !draft.text && !apart ? lastOfMine(room_id, me, thread) : undefined;
    if (kind && field.current) applyFormat(field.current, kind);
    else if (last) startEditing(last);
    else if (event.key === "Escape" && answered) answerNothing(place);
    else return;
    event.preventDefault();
  };

  const room = useRoom(room_id);
  const label = thread
    ? t("threads.write")
    : (apart?.label ??
      (room?.kind === "direct"
        ? t("messages.write_to", { name })
        : t("messages.write", { name: placeName(room, name) })));
  // What one writes while the connection is lost is sent later; before the first connection nothing is lost.
  const is_lost = useChat(({ link, lost_at }) => link !== "online" && lost_at !== null);
  useEnter(field, enter);
  useFittingHeight(field, draft.text);
  useFocusOnWide(field, apart ? apart.focuses : null);
  useEffect(() => () => sayStopped(room_id), [room_id]);
  useEffect(() => {
    if (answered) field.current?.focus();
  }, [answered]);
  return (
    <form
      className={`${styles.composer} ${apart ? styles.apart : thread ? styles.of_thread : styles.of_room}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {items.length > 0 && <CompletionList id={list_id} q={q} items={items} chosen={chosen} onPick={pick} />}
      <div className={styles.field}>
        {answered && <Answered message={answered} />}
        {aside && (
          <Aside
            text={aside.text}
            onInsert={() => {
              insertAside();
              field.current?.focus();
            }}
            onDrop={dropAside}
          />
        )}
        {is_formatting && <TextPreview text={draft.text} me={me} />}
        <textarea
          id={id}
          ref={field}
          rows={1}
          value={draft.text}
          aria-label={label}
          aria-describedby={`${id}-keys`}
          aria-autocomplete="list"
          aria-controls={items.length > 0 ? list_id : undefined}
          aria-activedescendant={items.length > 0 ? `${list_id}-${chosen}` : undefined}
          placeholder={is_lost && !thread && !apart ? t("messages.write_later", { label }) : label}
          enterKeyHint="send"
          onChange={(event) => {
            change({ ...draft, text: event.target.value });
            if (event.target.value) sayTyping(room_id);
            else sayStopped(room_id);
            setCursor(event.target.selectionEnd);
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionEnd)}
          onKeyDown={onKeyDown}
        />
        <div className={styles.tools}>
          <ComposerTools field={field} is_formatting={is_formatting} onFormatting={setFormatting} />
          <button
            type="submit"
            className={styles.send}
            disabled={!draft.text.trim() || excess > 0}
            aria-label={apart?.action ?? t("messages.send")}
          >
            {apart?.action} <Icon name="send" />
          </button>
        </div>
      </div>
      <div className={styles.below}>
        <TypingLine room_id={room_id} me={me} />
        <p id={`${id}-keys`} className={styles.keys}>
          <ComposerHint excess={excess} left={leftOf(draft.text, excess)} is_lost={is_lost} kept_at={kept_at} />
        </p>
      </div>
    </form>
  );
});

/** Take into the field what was not sent; returns what it answers, until that is known and shown above the field. */
function useTakenBack(room_id: string, place: string, take: () => void): string | undefined {
  const taken = useDesk(({ taken_back }) => taken_back[place] ?? null);
  const reply_to = taken?.reply_to ?? undefined;
  const quoted = useQuoted(room_id, reply_to ?? "");
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken once, whatever the field holds by then.
  useEffect(() => {
    if (taken) take();
  }, [taken]);
  useEffect(() => {
    if (!taken || (reply_to && quoted === undefined)) return;
    // Whom one began to answer meanwhile goes before.
    if (reply_to && quoted && !quoted.deleted && !useDesk.getState().answering[place]) answer(quoted);
    forgetPutBack(place);
  }, [taken, reply_to, quoted, place]);
  return reply_to;
}

function lastOfMine(room_id: string, me: string, thread?: string): Message | undefined {
  const parted = useChat.getState().timelines[room_id]?.parted;
  const messages = thread ? parted?.threads.get(thread) : parted?.rows;
  return messages
    ?.slice(-LOOKED_BACK)
    .findLast((message): message is Message => message.sender === me && !message.deleted);
}

/** Ready to write at once, except where a keyboard would then cover half of the screen; `asked` decides where it is given. */
function useFocusOnWide(field: React.RefObject<HTMLTextAreaElement | null>, asked: boolean | null): void {
  useEffect(() => {
    if (asked ?? matchMedia("(min-width: 720px) and (hover: hover)").matches)
      field.current?.focus({ preventScroll: true });
  }, [field, asked]);
}
