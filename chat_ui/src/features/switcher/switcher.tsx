/** Goes to a room or a person by a few letters of the name; the keyboard stays in the field. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Icon } from "@/components/icon";
import { findPublicRooms, joinRoom, openDirect } from "@/lib/chat/rooms";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { isImeKey } from "@/lib/ime";
import { findPeople, usePeople } from "@/lib/people";
import { navigate, roomPath } from "@/lib/router";
import { useSearch } from "@/lib/use-search";
import { type Entry, type Found, findEntries } from "./entries";
import { findPlaces, type Place } from "./places";
import styles from "./switcher.module.css";
import { SwitcherRow } from "./switcher-row";

const LIST_ID = "switcher-list";
const NOTHING: Found = { people: [], rooms: [] };

export function Switcher({ onClose }: { onClose: () => void }) {
  const t = useT();
  const dialog = useModal();
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const found = useEntries(typed);
  const places = findPlaces(typed, t);
  const entries = [...found, ...places];
  const { chosen, choose } = useChosen(typed, entries.length);
  const open = async (entry: Entry | Place | undefined) => {
    if (!entry) return;
    setFailure(null);
    try {
      const path = entry.kind === "place" ? entry.path : roomPath(await enter(entry));
      onClose();
      navigate(path);
    } catch (error) {
      setFailure(explain(error));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // The keys that finish a syllable are the input method's.
    if (isImeKey(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) choose((chosen + step + entries.length) % Math.max(1, entries.length));
    else if (event.key === "Enter") void open(entries[chosen]);
    else return;
    event.preventDefault();
  };
  const group = (title: string, shown: (Entry | Place)[], before = 0) =>
    shown.length > 0 && (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a list of options.
      <div role="group" aria-label={title}>
        <p className={styles.title} aria-hidden="true">
          {title}
        </p>
        {shown.map((entry, index) => (
          <SwitcherRow
            key={entry.key}
            id={`${LIST_ID}-${before + index}`}
            entry={entry}
            chosen={before + index === chosen}
            onOpen={() => open(entry)}
          />
        ))}
      </div>
    );
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={t("switcher.title")}
      onCancel={onClose}
      onMouseDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className={styles.field}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={LIST_ID}
          aria-activedescendant={entries.length > 0 ? `${LIST_ID}-${chosen}` : undefined}
          aria-label={t("switcher.field")}
          placeholder={t("switcher.field")}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="button" className={styles.close} onClick={onClose} aria-label={t("app.close")}>
          <kbd>Esc</kbd>
        </button>
      </div>
      <Alert>{failure}</Alert>
      <div className={styles.results}>
        <div id={LIST_ID} role="listbox" aria-label={t("switcher.title")}>
          {group(t(typed.trim() ? "switcher.found" : "switcher.recent"), found)}
          {group(t("switcher.places"), places, found.length)}
        </div>
        <p role="status" className={entries.length > 0 ? "only-read-out" : styles.none}>
          {entries.length > 0 ? t("switcher.count", { count: entries.length }) : t("switcher.none")}
        </p>
      </div>
      <footer className={styles.foot} aria-hidden="true">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> {t("switcher.choose")}
        </span>
        <span>
          <kbd>↵</kbd> {t("switcher.open")}
        </span>
        <span className={styles.hint}>{t("switcher.hint")}</span>
      </footer>
    </dialog>
  );
}

async function enter(entry: Entry): Promise<string> {
  switch (entry.kind) {
    case "person":
      return openDirect(entry.user.id);
    case "public":
      return joinRoom(entry.room.id);
    default:
      return entry.room.id;
  }
}

/** What this page knows at once, and what the server finds as soon as it answers. */
function useEntries(typed: string): Entry[] {
  const chat = useChat();
  const users = usePeople((people) => people.users);
  const found = useSearch(typed, askServer).items?.[0] ?? NOTHING;
  return findEntries(typed, { ...chat, users }, found);
}

async function askServer(q: string): Promise<Found[]> {
  const words = q.replace(/^[#@]/, "");
  if (!words) return [];
  const [people, rooms] = await Promise.all([findPeople(words), findPublicRooms(words, "activity")]);
  return [{ people, rooms }];
}

function useChosen(typed: string, count: number) {
  const [chosen, choose] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words are another list.
  useEffect(() => choose(0), [typed]);
  return { chosen: Math.min(chosen, Math.max(0, count - 1)), choose };
}

function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector("input")?.focus();
    return () => element?.close();
  }, []);
  return dialog;
}
