/** The list of what the keyboard does. */
import { Dialog } from "@/components/dialog";
import { useT } from "@/lib/i18n";
import styles from "./keyboard-sheet.module.css";
import { type Keys, keyNames } from "./keys";
import { SHORTCUTS } from "./shortcuts";

const COMPOSER = [
  { keys: { key: "Enter" }, name: "keys.send" },
  { keys: { key: "Enter", shift: true }, name: "keys.line" },
  { keys: { key: "Escape" }, name: "keys.leave" },
] as const;
const HISTORY = [
  { keys: { key: "↑ ↓" }, name: "keys.walk" },
  { keys: { key: "KeyE" }, name: "keys.edit" },
] as const;

export function KeyboardSheet({ onClose }: { onClose: () => void }) {
  const t = useT();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <Group title={t("keys.everywhere")} rows={SHORTCUTS} />
      <Group title={t("keys.composer")} rows={COMPOSER} />
      <Group title={t("keys.history")} rows={HISTORY} />
    </Dialog>
  );
}

type Name = (typeof SHORTCUTS)[number]["name"] | (typeof COMPOSER | typeof HISTORY)[number]["name"];

function Group({ title, rows }: { title: string; rows: readonly { keys: Keys; name: Name }[] }) {
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
