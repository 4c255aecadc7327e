/** What one can do with a message: shown beside it while it is pointed at or has the focus. */
import { useState } from "react";
import { Icon, type IconName } from "@/components/icon";
import { mayWrite } from "@/lib/chat/membership";
import { toggleReaction } from "@/lib/chat/reactions";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import type { Message } from "@/lib/protocol";
import styles from "./action-bar.module.css";
import { requestEmoji } from "./emoji-request";
import { countEmoji, frequentEmoji } from "./frequent-emoji";
import { answer, startEditing } from "./room-desk";
import { useNamed } from "./use-named";

interface Props {
  message: Message;
  me: string;
  onFailure: (reason: string | null) => void;
  onDelete: () => void;
}

export function ActionBar({ message, me, onFailure, onDelete }: Props) {
  const t = useT();
  const named = useNamed();
  // They keep their places while the bar is there, so that a second press takes back the first.
  const [offered] = useState(() => frequentEmoji(me));
  const room = useChat(({ timelines }) => timelines[message.room_id]?.room);
  const is_mine = message.sender === me;
  const may_write = mayWrite(room);
  const may_delete = is_mine || room?.role === "owner" || room?.role === "moderator";
  const react = (emoji: string) => {
    onFailure(null);
    if (!isMine(message, emoji)) countEmoji(me, emoji);
    toggleReaction(message, emoji).catch((error) => onFailure(explain(error)));
  };
  const copy = async () => {
    onFailure(null);
    try {
      await navigator.clipboard.writeText(named(message.text));
    } catch (error) {
      // Without https there is no clipboard at all.
      console.warn("The text could not be copied.", error);
      onFailure(t("messages.copy_failed"));
    }
  };
  return (
    <div role="toolbar" aria-label={t("messages.actions")} className={styles.bar}>
      {may_write &&
        offered.map((emoji) => (
          <button
            key={emoji}
            type="button"
            className={styles.action}
            aria-label={t("messages.react_with", { emoji })}
            title={t("messages.react_with", { emoji })}
            onClick={() => react(emoji)}
          >
            <span aria-hidden="true">{emoji}</span>
          </button>
        ))}
      {may_write && (
        <Action
          icon="react"
          label={t("messages.react")}
          onPress={(button) =>
            requestEmoji(button, { back: button.closest<HTMLElement>("[data-message]"), onPick: react })
          }
        />
      )}
      {may_write && <Action icon="reply" label={t("messages.reply")} onPress={() => answer(message)} />}
      {may_write && is_mine && <Action icon="edit" label={t("messages.edit")} onPress={() => startEditing(message)} />}
      <Action icon="copy" label={t("messages.copy")} onPress={copy} />
      {may_delete && <Action icon="delete" label={t("messages.delete")} onPress={onDelete} />}
    </div>
  );
}

function isMine({ reactions }: Message, emoji: string): boolean {
  return reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
}

function Action({ icon, label, onPress }: { icon: IconName; label: string; onPress: (button: HTMLElement) => void }) {
  return (
    <button
      type="button"
      className={styles.action}
      aria-label={label}
      title={label}
      onClick={(event) => onPress(event.currentTarget)}
    >
      <Icon name={icon} />
    </button>
  );
}
