/** The emoji on a message: how many put each, who, and one's own at a press. */

import { toggleReaction } from "@/lib/chat/reactions";
import { explain, useT } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import type { Message, Reaction } from "@/lib/protocol";
import styles from "./message.module.css";

interface Props {
  message: Message;
  onFailure: (reason: string) => void;
}

export function Reactions({ message, onFailure }: Props) {
  const toggle = (emoji: string) => {
    toggleReaction(message, emoji).catch((error) => onFailure(explain(error)));
  };
  return (
    <ul className={styles.reactions}>
      {message.reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <ReactionButton reaction={reaction} onPress={() => toggle(reaction.emoji)} />
        </li>
      ))}
    </ul>
  );
}

function ReactionButton({ reaction, onPress }: { reaction: Reaction; onPress: () => void }) {
  const t = useT();
  const { emoji, count, user_ids, mine } = reaction;
  const named = usePeople(({ users }) => user_ids.map((id) => users[id]?.display_name ?? "…").join(", "));
  const names = count > user_ids.length ? `${named}, +${count - user_ids.length}` : named;
  const label = t("messages.reaction", { emoji, names });
  return (
    <button
      type="button"
      className={styles.reaction}
      aria-pressed={mine === true}
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <span aria-hidden="true">{emoji}</span> {count}
    </button>
  );
}
