// biome-ignore-all lint/a11y/useSemanticElements: a grid of which only the rows in view exist is no table.
// biome-ignore-all lint/a11y/useFocusableInteractive: the search keeps the focus and names the active cell.
/** Finds an emoji by name, group or habit. The focus stays in the search; the arrows walk over the grid below it. */
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { Icon, type IconName } from "@/components/icon";
import { Select } from "@/components/select";
import { type Emoji, type EmojiBook, type Tone, useEmojiBook } from "@/lib/emoji";
import { toned } from "@/lib/emoji/book";
import { useT } from "@/lib/i18n";
import { load, save } from "@/lib/storage";
import styles from "./emoji-picker.module.css";
import { COLUMNS, type GridRow, makeRows, step } from "./emoji-rows";
import { countEmoji, usedEmoji } from "./frequent-emoji";

const ROW_PIXELS = 36;
// Rows above and below what is seen, so that a fast wheel shows no gap.
const AHEAD = 4;
const SHOWN_ROWS = 8;
const GROUPS: { group: number; icon: IconName; word: Word }[] = [
  { group: -1, icon: "clock", word: "messages.emoji_recent" },
  { group: 0, icon: "emoji", word: "messages.emoji_smileys" },
  { group: 1, icon: "people", word: "messages.emoji_people" },
  { group: 3, icon: "leaf", word: "messages.emoji_nature" },
  { group: 4, icon: "cup", word: "messages.emoji_food" },
  { group: 5, icon: "compass", word: "messages.emoji_travel" },
  { group: 6, icon: "sparkles", word: "messages.emoji_activities" },
  { group: 7, icon: "bulb", word: "messages.emoji_objects" },
  { group: 8, icon: "heart", word: "messages.emoji_symbols" },
  { group: 9, icon: "flag", word: "messages.emoji_flags" },
];
type Word = Parameters<ReturnType<typeof useT>>[0];
const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];

export default function EmojiPicker({ me, onPick }: { me: string; onPick: (emoji: string) => void }) {
  const t = useT();
  const id = useId();
  const book = useEmojiBook(true);
  const box = useRef<HTMLDivElement>(null);
  const [q, setQ] = useState("");
  const [tone, setTone] = useState(() => loadTone(me));
  const [at, setAt] = useState({ row: 0, column: 0 });
  const [top, setTop] = useState(0);
  const rows = useMemo(() => (book ? rowsFor(book, q, me) : []), [book, q, me]);
  const place = rows[at.row]?.emoji ? at : step(rows, { row: -1, column: 0 }, "ArrowDown");
  const active = rows[place.row]?.emoji?.[place.column];

  const pick = (emoji: Emoji) => {
    const chosen = toned(emoji, tone);
    countEmoji(me, chosen);
    onPick(chosen);
  };
  const scrollTo = (row: number) => {
    const list = box.current;
    if (!list) return;
    const y = row * ROW_PIXELS;
    if (y < list.scrollTop) list.scrollTop = Math.max(0, y - ROW_PIXELS);
    else if (y + ROW_PIXELS > list.scrollTop + list.clientHeight) list.scrollTop = y + ROW_PIXELS - list.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      if (active) pick(active);
    } else if (event.key.startsWith("Arrow") && !(q && isSideways(event))) {
      const next = step(rows, place, event.key);
      setAt(next);
      scrollTo(next.row);
    } else return;
    event.preventDefault();
  };
  const search = (typed: string) => {
    setQ(typed);
    setAt({ row: 0, column: 0 });
    box.current?.scrollTo({ top: 0 });
  };
  const first = Math.max(0, Math.floor(top / ROW_PIXELS) - AHEAD);
  const shown = rows.slice(first, first + SHOWN_ROWS + 2 * AHEAD);
  return (
    <>
      <div className={styles.search}>
        <Icon name="search" small />
        <input
          // biome-ignore lint/a11y/noAutofocus: whoever opens it is about to type or to walk.
          autoFocus
          role="combobox"
          aria-label={t("messages.emoji_search")}
          aria-expanded="true"
          aria-controls={`${id}-grid`}
          aria-activedescendant={active ? `${id}-${place.row}-${place.column}` : undefined}
          placeholder={t("messages.emoji_search")}
          value={q}
          onChange={(event) => search(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {!q && <Groups rows={rows} onGo={(row) => box.current?.scrollTo({ top: row * ROW_PIXELS })} />}
      <div
        ref={box}
        id={`${id}-grid`}
        role="grid"
        aria-label={t("messages.emoji")}
        aria-rowcount={rows.length}
        className={styles.grid}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <div style={{ height: rows.length * ROW_PIXELS }} role="presentation" className={styles.rows}>
          {shown.map((row, offset) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: a row's place is what it is.
              key={first + offset}
              id={id}
              index={first + offset}
              row={row}
              active={first + offset === place.row ? place.column : -1}
              tone={tone}
              onPick={pick}
            />
          ))}
        </div>
        {book && q && rows.length === 0 && <p className={styles.nothing}>{t("messages.emoji_none")}</p>}
      </div>
      <div className={styles.foot}>
        <span aria-hidden="true" className={styles.large}>
          {active && toned(active, tone)}
        </span>
        <code className="ellipsis">{active && `:${active.shortcodes[0]}:`}</code>
        <span className={styles.tone}>
          <label htmlFor={`${id}-tone`}>{t("messages.emoji_tone")}</label>
          <Select
            id={`${id}-tone`}
            look="quiet"
            value={String(tone)}
            options={TONES.map((hand, index) => ({ value: String(index), label: hand }))}
            onChoose={(chosen) => {
              setTone(Number(chosen) as Tone);
              save(`tone.${me}`, chosen);
            }}
          />
        </span>
      </div>
    </>
  );
}

interface RowProps {
  id: string;
  index: number;
  row: GridRow;
  /** Which cell is active; -1 for none. */
  active: number;
  tone: Tone;
  onPick: (emoji: Emoji) => void;
}

function Row({ id, index, row, active, tone, onPick }: RowProps) {
  const t = useT();
  const style = { transform: `translateY(${index * ROW_PIXELS}px)` };
  if (row.group !== undefined) {
    const word = GROUPS.find(({ group }) => group === row.group)?.word ?? "messages.emoji_recent";
    return (
      <div role="row" aria-rowindex={index + 1} className={styles.row} style={style}>
        <span role="gridcell" className={styles.title}>
          {t(word)}
        </span>
      </div>
    );
  }
  return (
    <div role="row" aria-rowindex={index + 1} className={styles.row} style={style}>
      {row.emoji?.map((emoji, column) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are handled where the focus is.
        <span
          key={emoji.emoji}
          id={`${id}-${index}-${column}`}
          role="gridcell"
          aria-selected={column === active}
          aria-label={nameOf(emoji)}
          title={`:${emoji.shortcodes[0]}:`}
          className={styles.cell}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(emoji)}
        >
          {toned(emoji, tone)}
        </span>
      ))}
    </div>
  );
}

/** One press goes to where a group begins. */
function Groups({ rows, onGo }: { rows: GridRow[]; onGo: (row: number) => void }) {
  const t = useT();
  return (
    <div className={styles.groups}>
      {GROUPS.map(({ group, icon, word }) => {
        const row = rows.findIndex((one) => one.group === group);
        return (
          row >= 0 && (
            <button
              key={group}
              type="button"
              aria-label={t(word)}
              title={t(word)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onGo(row)}
            >
              <Icon name={icon} />
            </button>
          )
        );
      })}
    </div>
  );
}

function rowsFor(book: EmojiBook, q: string, me: string): GridRow[] {
  if (q.trim()) return makeRows([{ emoji: book.find(q, 20 * COLUMNS).map((hit) => hit.emoji) }]);
  const recent = usedEmoji(me)
    .slice(0, 2 * COLUMNS)
    .flatMap((emoji) => book.of(emoji) ?? []);
  return makeRows([{ group: -1, emoji: [...new Set(recent)] }, ...book.groups]);
}

/** With a word in the field the sideways arrows move its cursor. */
function isSideways({ key }: KeyboardEvent): boolean {
  return key === "ArrowLeft" || key === "ArrowRight";
}

function nameOf({ english, korean }: Emoji): string {
  return (document.documentElement.lang === "ko" ? korean[0] : english[0]) ?? "";
}

function loadTone(me: string): Tone {
  const tone = Number(load(`tone.${me}`));
  return tone >= 1 && tone <= 5 ? (Math.floor(tone) as Tone) : 0;
}
