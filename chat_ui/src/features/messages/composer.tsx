/** Where one writes: Enter sends, what is written is kept as a draft, and names typed behind an @ can be picked. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon } from "@/components/icon";
import { send } from "@/lib/chat/sending";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useUserName } from "@/lib/names";
import { usePeople } from "@/lib/people";
import type { Message } from "@/lib/protocol";
import styles from "./composer.module.css";
import { loadDraft, saveDraft } from "./drafts";
import { MentionPicker } from "./mention-picker";
import { decodeMentions, encodeMentions, type Names, namesOf, typedMention } from "./mentions";
import { oneLine } from "./one-line";
import { answerNothing, startEditing, takeBack, useDesk } from "./room-desk";
import { type Suggestion, useSuggestions } from "./suggestions";
import { cleaned, excessOf } from "./text-limits";
import { useEnter } from "./use-enter";
import { useFittingHeight } from "./use-fitting-height";
import { useNamedText } from "./use-named";

const PICKER_ID = "mention-picker";
// One edits what one wrote lately.
const LOOKED_BACK = 200;

export function Composer({ room_id, name, me }: { room_id: string; name: string; me: string }) {
  const t = useT();
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState(() => loadDraft(me, room_id));
  const [cursor, setCursor] = useState(0);
  const [closed_at, setClosedAt] = useState<number | null>(null);
  const answered = useAnswered(room_id);
  useTakenBack(room_id, (text, picked) => {
    change({ text: [text, draft.text].filter(Boolean).join("\n"), picked: { ...draft.picked, ...picked } });
    field.current?.focus();
  });
  const typed = typedMention(draft.text, cursor);
  const { suggestions, chosen, choose } = useSuggestions(typed && typed.start !== closed_at ? typed.q : null, room_id);

  const change = (next: typeof draft) => {
    setDraft(next);
    saveDraft(me, room_id, next);
  };
  const encoded = () => {
    const known = namesOf(Object.values(usePeople.getState().users));
    return encodeMentions(cleaned(draft.text), { picked: draft.picked, known });
  };
  const excess = excessOf(draft.text, encoded);

  const pick = (suggestion: Suggestion) => {
    if (!typed) return;
    const start = `${draft.text.slice(0, typed.start)}@${suggestion.username} `;
    const picked = suggestion.id
      ? { ...draft.picked, [suggestion.username.toLowerCase()]: suggestion.id }
      : draft.picked;
    // At once, for the next letter may be typed before the next frame.
    flushSync(() => {
      change({ text: start + draft.text.slice(cursor), picked });
      setCursor(start.length);
    });
    field.current?.focus();
    field.current?.setSelectionRange(start.length, start.length);
  };
  const submit = () => {
    const text = encoded();
    if (!text || excess > 0) return;
    send(room_id, text, answered?.id);
    answerNothing(room_id);
    change({ text: "", picked: {} });
    field.current?.focus();
  };
  const enter = () => {
    const suggestion = suggestions[chosen];
    if (suggestion) pick(suggestion);
    else submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // A key that the input method is busy with is none of ours.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (suggestions.length === 0) return onBareKey(event);
    if (event.key === "ArrowDown") choose((chosen + 1) % suggestions.length);
    else if (event.key === "ArrowUp") choose((chosen + suggestions.length - 1) % suggestions.length);
    else if (event.key === "Tab" && !event.shiftKey) enter();
    else if (event.key === "Escape") setClosedAt(typed?.start ?? null);
    else return;
    event.preventDefault();
  };

  /** Keys that no list of names takes: up in an empty field edits one's last message, Escape answers nobody. */
  const onBareKey = (event: KeyboardEvent) => {
    const last = event.key === "ArrowUp" && !draft.text ? lastOfMine(room_id, me) : undefined;
    if (last) startEditing(last);
    else if (event.key === "Escape" && answered) answerNothing(room_id);
    else return;
    event.preventDefault();
  };

  useEnter(field, enter);
  useFittingHeight(field, draft.text);
  useFocusOnWide(field);
  useEffect(() => {
    if (answered) field.current?.focus();
  }, [answered]);
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {suggestions.length > 0 && (
        <MentionPicker id={PICKER_ID} suggestions={suggestions} chosen={chosen} onPick={pick} />
      )}
      <div className={styles.field}>
        {answered && <Answered message={answered} />}
        <textarea
          id="composer"
          ref={field}
          rows={1}
          value={draft.text}
          aria-label={t("messages.write", { name })}
          aria-describedby="composer-keys"
          aria-autocomplete="list"
          aria-controls={suggestions.length > 0 ? PICKER_ID : undefined}
          aria-activedescendant={suggestions.length > 0 ? `${PICKER_ID}-${chosen}` : undefined}
          placeholder={t("messages.write", { name })}
          enterKeyHint="send"
          onChange={(event) => {
            change({ ...draft, text: event.target.value });
            setCursor(event.target.selectionEnd);
            setClosedAt((at) =>
              typedMention(event.target.value, event.target.selectionEnd)?.start === at ? at : null,
            );
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionEnd)}
          onKeyDown={onKeyDown}
        />
        <div className={styles.tools}>
          <button
            type="submit"
            className={styles.send}
            disabled={!draft.text.trim() || excess > 0}
            aria-label={t("messages.send")}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
      <p id="composer-keys" className={styles.keys}>
        {excess > 0 ? <strong role="alert">{t("messages.too_long", { count: excess })}</strong> : t("messages.keys")}
      </p>
    </form>
  );
}

/** Return the message that is being answered, unless it was deleted meanwhile. */
function useAnswered(room_id: string): Message | null {
  const answered = useDesk(({ answering }) => answering[room_id] ?? null);
  const is_gone = useChat(({ timelines }) => timelines[room_id]?.messages?.byId(answered?.id ?? "")?.deleted ?? false);
  useEffect(() => {
    if (is_gone) answerNothing(room_id);
  }, [is_gone, room_id]);
  return is_gone ? null : answered;
}

/** Take into the field what was not sent and is to be written anew. */
function useTakenBack(room_id: string, take: (text: string, picked: Names) => void): void {
  const taken = useDesk(({ taken_back }) => taken_back[room_id] ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken once, whatever the field holds by then.
  useEffect(() => {
    if (taken === null) return;
    const { text, picked } = decodeMentions(taken, usePeople.getState().users);
    take(text, picked);
    takeBack(room_id, null);
  }, [taken]);
}

function lastOfMine(room_id: string, me: string): Message | undefined {
  const messages = useChat.getState().timelines[room_id]?.messages;
  return messages
    ?.slice(-LOOKED_BACK)
    .findLast((message): message is Message => message.sender === me && !message.deleted);
}

/** Says whom one is answering, with the way out of it. */
function Answered({ message }: { message: Message }) {
  const t = useT();
  const named = useNamedText(message.text);
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

/** Ready to write at once, except where a keyboard would then cover half of the screen. */
function useFocusOnWide(field: React.RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    if (matchMedia("(min-width: 720px) and (hover: hover)").matches) field.current?.focus();
  }, [field]);
}
