/** Edits a message in its place: Enter saves, Escape leaves it as it was. */
import { useLayoutEffect, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { editMessage } from "@/lib/chat/message-commands";
import { explain, useT } from "@/lib/i18n";
import { isImeKey } from "@/lib/ime";
import { usePeople } from "@/lib/people";
import type { Message } from "@/lib/protocol";
import { decodeMentions, encodeMentions, namesOf } from "./mentions";
import styles from "./message.module.css";
import { keepEdit, noteFieldBeside, stopEditing, useDesk } from "./room-desk";
import { cleaned, excessOf } from "./text-limits";
import { useEnter } from "./use-enter";
import { useFittingHeight } from "./use-fitting-height";

interface Props {
  message: Message;
  /** Whether it stands in a panel. */
  beside: boolean;
  onClose: () => void;
}

export function MessageEditor({ message, beside, onClose }: Props) {
  const t = useT();
  const field = useRef<HTMLTextAreaElement>(null);
  const [{ text: before, picked }] = useState(() => decodeMentions(message.text, usePeople.getState().users));
  // Kept on the desk, so that a change of room loses nothing.
  const edit = useDesk(({ editing }) => editing[message.room_id]);
  const text = edit?.text ?? before;
  const [failure, setFailure] = useState<string | null>(null);
  const encoded = () =>
    encodeMentions(cleaned(text), { picked, known: namesOf(Object.values(usePeople.getState().users)) });
  const excess = excessOf(text, encoded);
  // Back to where one came from: the field of the room, or the row.
  const [opener] = useState(() => document.activeElement);
  const close = () => {
    stopEditing(message.room_id);
    if (opener instanceof HTMLTextAreaElement && opener.isConnected) opener.focus();
    else onClose();
  };
  const save = async () => {
    const wanted = encoded();
    if (!wanted || excess > 0) return;
    if (wanted === message.text) return close();
    setFailure(null);
    try {
      await editMessage(message, wanted);
      // Meanwhile one may have typed on, or have begun to change another message.
      const now = useDesk.getState().editing[message.room_id];
      if (now?.id === message.id && (now.text ?? text) === text) close();
    } catch (error) {
      // What was typed stays here until it is saved or given up.
      setFailure(explain(error));
    }
  };
  useEnter(field, save);
  useFittingHeight(field, text);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(before.length, before.length);
  }, [before]);
  useLayoutEffect(() => (beside ? noteFieldBeside(message.id) : undefined), [beside, message.id]);
  // Somebody who wants to edit another message is led here first.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new object is a reason.
  useLayoutEffect(() => field.current?.focus(), [edit]);
  return (
    <div className={styles.editor}>
      <textarea
        ref={field}
        rows={1}
        value={text}
        aria-label={t("messages.edit")}
        onChange={(event) => keepEdit(message, event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isImeKey(event.nativeEvent)) return;
          event.stopPropagation();
          close();
        }}
      />
      {excess > 0 && <p className={styles.reason}>{t("messages.too_long", { count: excess })}</p>}
      <Alert>{failure}</Alert>
      <div className={styles.choices}>
        <button type="button" className="button small" onClick={close}>
          {t("app.cancel")}
        </button>
        <button type="button" className="button small primary" disabled={!text.trim() || excess > 0} onClick={save}>
          {t("messages.save")}
        </button>
      </div>
    </div>
  );
}
