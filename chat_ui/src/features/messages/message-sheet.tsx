/** What one can do with a message on a phone: a sheet from below, which Back, a swipe down or a touch beside it closes. */
import { type MouseEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { mayWrite } from "@/lib/chat/membership";
import { useReadCount } from "@/lib/chat/read-by";
import { useRoom } from "@/lib/chat/store";
import { userName, useUser } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import type { Message } from "@/lib/protocol";
import { useEmojiRequest } from "./emoji-request";
import { usedEmoji } from "./frequent-emoji";
import { type ActionContext, actionsOf, react } from "./message-actions";
import styles from "./message-sheet.module.css";

// Six buttons of 48 px fit the narrowest phone; the last one opens the picker.
const OFFERED = 5;
const CLOSING_PIXELS = 80;

interface Props {
  message: Message;
  context: ActionContext;
  onClose: () => void;
}

export function MessageSheet({ message, context, onClose }: Props) {
  const { me, t, named } = context;
  const room = useRoom(message.room_id);
  const read = useReadCount(message, me);
  const ref = useRef<HTMLDialogElement>(null);
  const user = useUser(message.sender);
  const [offered] = useState(() => usedEmoji(me).slice(0, OFFERED));
  const swipe = useSwipeDown(ref, onClose);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  useBack(onClose);
  const choose = (run: () => void) => {
    // It is closed first, so that what it does may take the focus.
    ref.current?.close();
    onClose();
    run();
  };
  const closeOutside = (event: MouseEvent) => {
    if (event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref}
      className={styles.sheet}
      aria-label={t("messages.actions")}
      onCancel={onClose}
      onMouseDown={closeOutside}
      {...swipe}
    >
      <div className={styles.inside}>
        <span className={styles.handle} aria-hidden="true" />
        <div className={styles.message}>
          <Avatar id={message.sender} user={user} />
          <div>
            <strong className="ellipsis">{user ? userName(user) : "…"}</strong>
            <p className="ellipsis">{oneLine(named(message.text))}</p>
          </div>
        </div>
        {mayWrite(room) && (
          <div className={styles.emoji}>
            {offered.map((emoji) => (
              <button
                key={emoji}
                type="button"
                aria-label={t("messages.react_with", { emoji })}
                onClick={() => choose(() => react(message, emoji, context))}
              >
                <span aria-hidden="true">{emoji}</span>
              </button>
            ))}
            <button
              type="button"
              aria-label={t("messages.react")}
              onClick={({ currentTarget }) => {
                const beside = currentTarget.getBoundingClientRect();
                const onPick = (emoji: string) => react(message, emoji, context);
                choose(() => useEmojiRequest.setState({ request: { beside, back: null, onPick } }));
              }}
            >
              <Icon name="react" />
            </button>
          </div>
        )}
        <ul className={styles.actions}>
          {actionsOf(message, room, context).map(({ icon, label, danger, run }) => (
            <li key={icon}>
              <button type="button" className={danger ? styles.danger : undefined} onClick={() => choose(run)}>
                <Icon name={icon} /> {label}
              </button>
            </li>
          ))}
          {read && (
            <li className={styles.fact}>
              <Icon name="show" /> {t("people.read_count", { ...read })}
            </li>
          )}
        </ul>
      </div>
    </dialog>
  );
}

/** Let Back close it and lead nowhere: it has an entry of its own in the history while it is open. */
function useBack(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    history.pushState({ sheet: true }, "");
    const onBack = () => close.current();
    window.addEventListener("popstate", onBack);
    return () => {
      window.removeEventListener("popstate", onBack);
      if (history.state?.sheet) history.back();
    };
  }, []);
}

function useSwipeDown(ref: React.RefObject<HTMLDialogElement | null>, onClose: () => void) {
  const start = useRef<number | null>(null);
  const moveTo = (pixels: number) => ref.current?.style.setProperty("transform", `translateY(${pixels}px)`);
  const end = (event: PointerEvent) => {
    const moved = start.current === null ? 0 : event.clientY - start.current;
    start.current = null;
    moveTo(0);
    if (moved > CLOSING_PIXELS) onClose();
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      start.current = event.clientY;
    },
    onPointerMove: (event: PointerEvent) => {
      if (start.current !== null) moveTo(Math.max(0, event.clientY - start.current));
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
