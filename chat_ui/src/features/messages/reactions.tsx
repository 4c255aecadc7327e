/** The emoji on a message: how many put each, who, and one's own at a press. */

import { Icon } from "@/components/icon";
import { toggleReaction } from "@/lib/chat/reactions";
import { explain, useT } from "@/lib/i18n";
import { userName } from "@/lib/names";
import { usePeople, useWanted } from "@/lib/people";
import type { Message, Reaction } from "@/lib/protocol";
import { requestEmoji } from "./emoji-request";
import styles from "./message.module.css";

interface Props {
  message: Message;
  /** Whether one may put any, or take one's own back. */
  may_react: boolean;
  onFailure: (reason: string | null) => void;
}

export function Reactions({ message, may_react, onFailure }: Props) {
  const t = useT();
  const toggle = (emoji: string) => {
    onFailure(null);
    toggleReaction(message, emoji).catch((error) => onFailure(explain(error)));
  };
  return (
    <ul className={styles.reactions}>
      {message.reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <ReactionButton reaction={reaction} disabled={!may_react} onPress={() => toggle(reaction.emoji)} />
        </li>
      ))}
      {may_react && (
        <li>
          <button
            type="button"
            className={`${styles.reaction} ${styles.adds}`}
            aria-label={t("messages.react")}
            title={t("messages.react")}
            onClick={({ currentTarget }) =>
              requestEmoji(currentTarget, {
                back: currentTarget,
                onPick: (emoji) => {
                  if (!message.reactions.some((one) => one.emoji === emoji && one.mine)) toggle(emoji);
                },
              })
            }
          >
            <Icon name="react" small />
          </button>
        </li>
      )}
    </ul>
  );
}

interface ButtonProps {
  reaction: Reaction;
  disabled: boolean;
  onPress: () => void;
}

function ReactionButton({ reaction, disabled, onPress }: ButtonProps) {
  const t = useT();
  const { emoji, count, user_ids, mine } = reaction;
  useWanted(user_ids);
  const named = usePeople(({ users }) => user_ids.map((id) => (users[id] ? userName(users[id]) : "…")).join(", "));
  const names = count > user_ids.length ? `${named}, +${count - user_ids.length}` : named;
  const label = t("messages.reaction", { emoji, names });
  return (
    <button
      type="button"
      className={styles.reaction}
      aria-pressed={mine === true}
      disabled={disabled}
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <span aria-hidden="true">{emoji}</span> {count}
    </button>
  );
}
