/** What one can do with a message: shown beside it while it is pointed at or has the focus. */
import { useState } from "react";
import { Icon } from "@/components/icon";
import { mayWrite } from "@/lib/chat/membership";
import { useIsPinned } from "@/lib/chat/pins";
import { useRoom } from "@/lib/chat/store";
import type { Message } from "@/lib/protocol";
import styles from "./action-bar.module.css";
import { requestEmoji } from "./emoji-request";
import { frequentEmoji } from "./frequent-emoji";
import { type ActionContext, actionsOf, react } from "./message-actions";

export function ActionBar({ message, context }: { message: Message; context: ActionContext }) {
  const { me, t } = context;
  // The bar changes with it.
  useIsPinned(message.room_id, message.id);
  const room = useRoom(message.room_id);
  // They keep their places while the bar is there, so that a second press takes back the first.
  const [offered] = useState(() => frequentEmoji(me));
  return (
    <div role="toolbar" aria-label={t("messages.actions")} className={styles.bar}>
      {mayWrite(room) &&
        offered.map((emoji) => (
          <button
            key={emoji}
            type="button"
            className={styles.action}
            aria-label={t("messages.react_with", { emoji })}
            title={t("messages.react_with", { emoji })}
            onClick={() => react(message, emoji, context)}
          >
            <span aria-hidden="true">{emoji}</span>
          </button>
        ))}
      {mayWrite(room) && (
        <button
          type="button"
          className={styles.action}
          aria-label={t("messages.react")}
          title={t("messages.react")}
          data-react
          onClick={({ currentTarget }) =>
            requestEmoji(currentTarget, {
              back: currentTarget.closest<HTMLElement>("[data-message]"),
              onPick: (emoji) => react(message, emoji, context),
            })
          }
        >
          <Icon name="react" />
        </button>
      )}
      {actionsOf(message, room, context).map(({ icon, label, run }) => (
        <button key={icon} type="button" className={styles.action} aria-label={label} title={label} onClick={run}>
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}
