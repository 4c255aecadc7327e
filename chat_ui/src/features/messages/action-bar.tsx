/** What one can do with a message: shown beside it while it is pointed at or has the focus. */
import { useState } from "react";
import { Icon } from "@/components/icon";
import { MenuButton } from "@/components/menu-button";
import { mayWrite } from "@/lib/chat/membership";
import { useIsPinned } from "@/lib/chat/pins";
import { useReadCount } from "@/lib/chat/read-by";
import { useRoom } from "@/lib/chat/store";
import { lazily } from "@/lib/lazily";
import type { Message } from "@/lib/protocol";
import styles from "./action-bar.module.css";
import { requestEmoji } from "./emoji-request";
import { frequentEmoji } from "./frequent-emoji";
import { type ActionContext, actionsOf, react } from "./message-actions";

const MoreMenu = lazily(() => import("./more-menu"));

interface Props {
  message: Message;
  context: ActionContext;
  /** Told while something of the bar is open, which must not go with the pointer. */
  onHold: (held: boolean) => void;
}

export function ActionBar({ message, context, onHold }: Props) {
  const { me, t } = context;
  // The bar changes with it.
  useIsPinned(message.room_id, message.id);
  const room = useRoom(message.room_id);
  // They keep their places while the bar is there, so that a second press takes back the first.
  const [offered] = useState(() => frequentEmoji(me));
  const read = useReadCount(message, me);
  const actions = actionsOf(message, room, context);
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
      {mayWrite(room) && <span className={styles.line} />}
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
      {actions
        .filter(({ is_near }) => is_near)
        .map(({ icon, label, run }) => (
          <button key={icon} type="button" className={styles.action} aria-label={label} title={label} onClick={run}>
            <Icon name={icon} />
          </button>
        ))}
      <MenuButton
        label={t("messages.more")}
        icon="more"
        className={styles.action}
        menu={
          <MoreMenu
            label={t("messages.more")}
            className={styles.action ?? ""}
            actions={actions}
            fact={read && t("people.read_count", { ...read })}
            onOpenChange={onHold}
          />
        }
      />
    </div>
  );
}
