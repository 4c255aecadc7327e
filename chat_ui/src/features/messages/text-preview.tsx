/** How what is being written will look; nothing while it looks as it is typed. */
import { useDeferredValue } from "react";
import { useT } from "@/lib/i18n";
import { readText } from "@/lib/markdown";
import styles from "./composer.module.css";
import { MessageText } from "./message-text";

export function TextPreview({ text, me }: { text: string; me: string }) {
  const t = useT();
  // Typing goes first; the preview may be a moment behind.
  const shown = useDeferredValue(text);
  if (isPlain(shown)) return null;
  return (
    <section className={styles.preview} aria-label={t("messages.preview")}>
      <MessageText text={shown} me={me} sender={me} />
    </section>
  );
}

function isPlain(text: string): boolean {
  return readText(text).every(
    (block) => block.kind === "paragraph" && block.children.every((inline) => inline.kind === "text"),
  );
}
