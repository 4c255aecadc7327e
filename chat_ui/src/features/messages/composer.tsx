/** Where one writes: Enter sends, what is written is kept as a draft, and names typed behind an @ can be picked. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon } from "@/components/icon";
import { send } from "@/lib/chat/sending";
import { useT } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import styles from "./composer.module.css";
import { loadDraft, saveDraft } from "./drafts";
import { MentionPicker } from "./mention-picker";
import { encodeMentions, namesOf, typedMention } from "./mentions";
import { type Suggestion, useSuggestions } from "./suggestions";
import { useEnter } from "./use-enter";

const TEXT_LENGTH = 8_000;
const PICKER_ID = "mention-picker";
/** What comes along when the output of a terminal is pasted: nobody sees it, and the server refuses it. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

export function Composer({ room_id, name, me }: { room_id: string; name: string; me: string }) {
  const t = useT();
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState(() => loadDraft(me, room_id));
  const [cursor, setCursor] = useState(0);
  const [closed_at, setClosedAt] = useState<number | null>(null);
  const typed = typedMention(draft.text, cursor);
  const { suggestions, chosen, choose } = useSuggestions(typed && typed.start !== closed_at ? typed.q : null, room_id);

  const change = (next: typeof draft) => {
    setDraft(next);
    saveDraft(me, room_id, next);
  };
  const encoded = () => {
    const known = namesOf(Object.values(usePeople.getState().users));
    return encodeMentions(draft.text.normalize("NFC").replace(CONTROLS, "").trim(), { picked: draft.picked, known });
  };
  const excess = draft.text.length > TEXT_LENGTH / 2 ? [...encoded()].length - TEXT_LENGTH : 0;

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
    send(room_id, text);
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
    if (event.nativeEvent.isComposing || event.keyCode === 229 || suggestions.length === 0) return;
    if (event.key === "ArrowDown") choose((chosen + 1) % suggestions.length);
    else if (event.key === "ArrowUp") choose((chosen + suggestions.length - 1) % suggestions.length);
    else if (event.key === "Tab" && !event.shiftKey) enter();
    else if (event.key === "Escape") setClosedAt(typed?.start ?? null);
    else return;
    event.preventDefault();
  };

  useEnter(field, enter);
  useFittingHeight(field, draft.text);
  useFocusOnWide(field);
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
        <textarea
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

/** Let the field grow with its text; the style sheet says how far. */
function useFittingHeight(field: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what the height depends on.
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text, field]);
}

/** Ready to write at once, except where a keyboard would then cover half of the screen. */
function useFocusOnWide(field: React.RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    if (matchMedia("(min-width: 720px) and (hover: hover)").matches) field.current?.focus();
  }, [field]);
}
