/** What one can do with a message: shown beside it while it is pointed at or has the focus. */
import { useState } from "react";
import { Icon, type IconName } from "@/components/icon";
import { toggleReaction } from "@/lib/chat/reactions";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import type { Message } from "@/lib/protocol";
import styles from "./action-bar.module.css";
import { DeleteDialog } from "./delete-dialog";
import { countEmoji, frequentEmoji } from "./frequent-emoji";
import { answer, startEditing } from "./room-desk";
import { useNamed } from "./use-named";

interface Props {
  message: Message;
  me: string;
  onFailure: (reason: string) => void;
}

export function ActionBar({ message, me, onFailure }: Props) {
  const t = useT();
  const named = useNamed();
  const [deleting, setDeleting] = useState(false);
  const room = useChat(({ timelines }) => timelines[message.room_id]?.room);
  const is_mine = message.sender === me;
  const may_write = room !== undefined && !room.archived && room.role !== "reader";
  const may_delete = is_mine || room?.role === "owner" || room?.role === "moderator";
  const react = (emoji: string) => {
    countEmoji(me, emoji);
    toggleReaction(message, emoji).catch((error) => onFailure(explain(error)));
  };
  const copy = () => {
    navigator.clipboard.writeText(named(message.text)).catch((error) => {
      console.warn("The text could not be copied.", error);
      onFailure(t("messages.copy_failed"));
    });
  };
  return (
    <div role="toolbar" aria-label={t("messages.actions")} className={styles.bar}>
      {may_write &&
        frequentEmoji(me).map((emoji) => (
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
      {may_write && <Action icon="reply" label={t("messages.reply")} onPress={() => answer(message)} />}
      {may_write && is_mine && <Action icon="edit" label={t("messages.edit")} onPress={() => startEditing(message)} />}
      <Action icon="copy" label={t("messages.copy")} onPress={copy} />
      {may_delete && <Action icon="delete" label={t("messages.delete")} onPress={() => setDeleting(true)} />}
      {deleting && <DeleteDialog message={message} onClose={() => setDeleting(false)} />}
    </div>
  );
}

function Action({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <button type="button" className={styles.action} aria-label={label} title={label} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}
