/** The list of names or emoji above the composer; the keyboard stays in the text. */
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import type { Completion } from "./completions";
import styles from "./composer.module.css";

interface Props {
  id: string;
  items: Completion[];
  chosen: number;
  onPick: (item: Completion) => void;
}

export function CompletionList({ id, items, chosen, onPick }: Props) {
  const t = useT();
  const label = t(items[0]?.kind === "emoji" ? "messages.emoji" : "messages.suggestions");
  return (
    <div id={id} role="listbox" aria-label={label} className={styles.picker}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus and names the chosen one.
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are handled where the focus is.
        <div
          key={item.kind === "emoji" ? item.emoji.emoji : item.username}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          className={styles.suggestion}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(item)}
        >
          {item.kind === "emoji" ? (
            <>
              <span className={styles.large}>{item.emoji.emoji}</span>
              <span className="ellipsis">{item.word.replaceAll("_", " ")}</span>
              <code className={styles.shortcode}>{item.emoji.shortcodes[0]}</code>
            </>
          ) : (
            <>
              <Sign id={item.id} />
              <strong>{item.label}</strong> <span className="soft">@{item.username}</span>
            </>
          )}
        </div>
      ))}
    </div>
  );
}

function Sign({ id }: { id: string | null }) {
  const user = usePeople(({ users }) => (id ? users[id] : undefined));
  return id ? <Avatar id={id} user={user} size="small" /> : <Icon name="people" />;
}
