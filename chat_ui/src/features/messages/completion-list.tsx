/** The list of names or emoji above the composer; the keyboard stays in the text. */
import { Icon } from "@/components/icon";
import { Keycap } from "@/components/keycap";
import { Matched } from "@/components/matched";
import { PersonFace } from "@/components/person-face";
import { useT } from "@/lib/i18n";
import { usePeople } from "@/lib/people";
import type { Completion } from "./completions";
import styles from "./composer.module.css";

interface Props {
  id: string;
  /** What was typed of the word. */
  q: string;
  items: Completion[];
  chosen: number;
  onPick: (item: Completion) => void;
}

export function CompletionList({ id, q, items, chosen, onPick }: Props) {
  const t = useT();
  const label = t(items[0]?.kind === "emoji" ? "messages.emoji" : "messages.suggestions");
  return (
    <div id={id} role="listbox" aria-label={label} className={styles.picker}>
      <p className={styles.suggests} aria-hidden="true">
        {label}
      </p>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus and names the chosen one.
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are handled where the focus is.
        <div
          key={item.kind === "emoji" ? item.emoji.emoji : item.username}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          className={isFirstOfAll(items, index) ? `${styles.suggestion} ${styles.apart_from}` : styles.suggestion}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(item)}
        >
          {item.kind === "emoji" ? (
            <>
              <span className={styles.large}>{item.emoji.emoji}</span>
              <span className="ellipsis">
                <Matched name={item.word.replaceAll("_", " ")} typed={q} />
              </span>
              <code className={styles.shortcode}>{item.emoji.shortcodes[0]}</code>
            </>
          ) : (
            <>
              <Sign id={item.id} />
              <strong className="ellipsis">
                {item.id ? <Matched name={item.label} typed={q} /> : `@${item.username}`}
              </strong>
              <span className="soft ellipsis">{item.id ? `@${item.username}` : item.label}</span>
            </>
          )}
          {index === chosen && <Keycap name="↵" className={styles.enter} />}
        </div>
      ))}
    </div>
  );
}

function Sign({ id }: { id: string | null }) {
  const user = usePeople(({ users }) => (id ? users[id] : undefined));
  if (id) return <PersonFace id={id} user={user} />;
  return (
    <span className={styles.sign}>
      <Icon name="people" />
    </span>
  );
}

/** Those who are called all at once stand below a line. */
function isFirstOfAll(items: Completion[], index: number): boolean {
  const [item, above] = [items[index], items[index - 1]];
  return item?.kind === "name" && item.id === null && above?.kind === "name" && above.id !== null;
}
