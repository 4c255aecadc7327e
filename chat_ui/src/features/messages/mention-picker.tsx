/** The list of names above the composer; the keyboard stays in the text. */
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import styles from "./composer.module.css";
import type { Suggestion } from "./suggestions";

interface Props {
  id: string;
  suggestions: Suggestion[];
  chosen: number;
  onPick: (suggestion: Suggestion) => void;
}

export function MentionPicker({ id, suggestions, chosen, onPick }: Props) {
  const t = useT();
  return (
    <div id={id} role="listbox" aria-label={t("messages.suggestions")} className={styles.picker}>
      {suggestions.map((suggestion, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus and names the chosen one.
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are handled where the focus is.
        <div
          key={suggestion.username}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          className={styles.suggestion}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(suggestion)}
        >
          <Sign id={suggestion.id} />
          <strong>{suggestion.label}</strong> <span className="soft">@{suggestion.username}</span>
        </div>
      ))}
    </div>
  );
}

function Sign({ id }: { id: string | null }) {
  const user = usePeople(({ users }) => (id ? users[id] : undefined));
  return id ? <Avatar id={id} user={user} size="small" /> : <Icon name="people" />;
}
