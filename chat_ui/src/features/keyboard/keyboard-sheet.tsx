/** The list of what the keyboard does. */
import { Dialog } from "@/components/dialog";
import { type Translate, useT } from "@/lib/i18n";
import styles from "./keyboard-sheet.module.css";
import { type Keys, keyNames } from "./keys";
import { SHORTCUTS } from "./shortcuts";

interface Row {
  keys: Keys;
  name: Parameters<Translate>[0];
}

const COMPOSER: Row[] = [
  { keys: { key: "Enter" }, name: "keys.send" },
  { keys: { key: "Enter", shift: true }, name: "keys.line" },
  { keys: { key: "Escape" }, name: "keys.leave" },
];
const HISTORY: Row[] = [
  { keys: { key: "↑ ↓" }, name: "keys.walk" },
  { keys: { key: "KeyR" }, name: "messages.react" },
  { keys: { key: "KeyQ" }, name: "messages.reply" },
  { keys: { key: "KeyT" }, name: "threads.reply" },
  { keys: { key: "KeyE" }, name: "messages.edit" },
  { keys: { key: "KeyP" }, name: "pins.pin" },
  { keys: { key: "KeyC" }, name: "messages.copy" },
  { keys: { key: "KeyL" }, name: "messages.copy_link" },
  { keys: { key: "KeyU" }, name: "messages.unread_from_here" },
  { keys: { key: "KeyW" }, name: "why.ask" },
  { keys: { key: "Delete" }, name: "messages.delete" },
];

const INBOX: Row[] = [
  { keys: { key: "↑ ↓" }, name: "keys.walk" },
  { keys: { key: "Enter" }, name: "keys.context" },
  { keys: { key: "KeyR" }, name: "keys.reply_here" },
  { keys: { key: "KeyE" }, name: "keys.done" },
];

export function KeyboardSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <Group title={t("keys.everywhere")} rows={SHORTCUTS} />
      <Group title={t("keys.composer")} rows={COMPOSER} />
      <Group title={t("keys.history")} rows={HISTORY} />
      <Group title={t("keys.inbox")} rows={INBOX} />
    </Dialog>
  );
}

function Group({ title, rows }: { title: string; rows: readonly Row[] }) {
  const t = useT();
  return (
    <section className={styles.group}>
      <h3>{title}</h3>
      <dl>
        {rows.map(({ keys, name }) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              {keyNames(keys).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
