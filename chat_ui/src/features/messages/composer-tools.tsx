/** The row under the text: emoji, names, and the formats, which open in place. */
import type { RefObject } from "react";
import { Icon, type IconName } from "@/components/icon";
import { useT } from "@/lib/i18n";
import { IS_MAC } from "@/lib/platform";
import { typeInto } from "@/lib/type-into";
import styles from "./composer.module.css";
import { requestEmoji } from "./emoji-request";
import { FORMATS, type Format, format } from "./formatting";

interface Props {
  field: RefObject<HTMLTextAreaElement | null>;
  is_formatting: boolean;
  onFormatting: (is_formatting: boolean) => void;
}

const KEYS: Partial<Record<Format, string>> = {
  bold: "Control+B",
  italic: "Control+I",
  strike: "Control+Shift+X",
  code: "Control+E",
  numbers: "Control+Shift+7",
  list: "Control+Shift+8",
  quote: "Control+Shift+9",
};

export function ComposerTools({ field, is_formatting, onFormatting }: Props) {
  const t = useT();
  const insert = (text: string) => {
    if (!field.current) return;
    const { selectionStart: start, selectionEnd: end } = field.current;
    typeInto(field.current, { start, end, insert: text, select: [start + text.length, start + text.length] });
  };
  const mention = () => {
    const before = field.current?.value[field.current.selectionStart - 1] ?? " ";
    insert(/\s/.test(before) ? "@" : " @");
  };
  return (
    <>
      <Tool
        icon="emoji"
        label={t("messages.emoji")}
        onPress={(button) => requestEmoji(button, { back: field.current, onPick: insert })}
      />
      <Tool icon="at" label={t("messages.mention")} only_wide onPress={mention} />
      <button
        type="button"
        className={`icon-button ${styles.wide}`}
        aria-label={t("messages.formatting")}
        title={t("messages.formatting")}
        aria-pressed={is_formatting}
        onClick={() => {
          onFormatting(!is_formatting);
          field.current?.focus();
        }}
      >
        <Icon name="format" />
      </button>
      {is_formatting && <Formats field={field} />}
    </>
  );
}

function Formats({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const t = useT();
  return (
    <div role="toolbar" aria-label={t("messages.formatting")} className={styles.formats}>
      {FORMATS.map((kind) => (
        <Tool
          key={kind}
          icon={kind}
          label={t(`messages.format_${kind}`)}
          keys={KEYS[kind]}
          onPress={() => field.current && applyFormat(field.current, kind)}
        />
      ))}
    </div>
  );
}

export function applyFormat(field: HTMLTextAreaElement, kind: Format): void {
  typeInto(field, format(kind, { text: field.value, start: field.selectionStart, end: field.selectionEnd }));
}

interface ToolProps {
  icon: IconName;
  label: string;
  keys?: string | undefined;
  only_wide?: boolean;
  onPress: (button: HTMLElement) => void;
}

function Tool({ icon, label, keys, only_wide = false, onPress }: ToolProps) {
  return (
    <button
      type="button"
      className={`icon-button ${only_wide ? styles.wide : ""}`}
      aria-label={label}
      aria-keyshortcuts={keys}
      title={keys ? `${label} (${keys.replace("Control", IS_MAC ? "⌘" : "Ctrl")})` : label}
      onClick={(event) => onPress(event.currentTarget)}
    >
      <Icon name={icon} />
    </button>
  );
}
