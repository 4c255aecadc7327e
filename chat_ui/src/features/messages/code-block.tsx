/** A block of code: its language, its lines, and a way to copy them. */
import { useState } from "react";
import { Icon } from "@/components/icon";
import { type Range, useRanges } from "@/lib/highlight";
import { useT } from "@/lib/i18n";
import styles from "./code-block.module.css";

// So long it says that it was copied.
const SAID_MILLISECONDS = 2000;

export function CodeBlock({ language, text }: { language: string; text: string }) {
  const ranges = useRanges(text, language);
  return (
    <div className={styles.frame}>
      {language ? (
        <div className={styles.head}>
          <span className="ellipsis">{nameOf(language)}</span>
          <Copy text={text} />
        </div>
      ) : (
        <Copy text={text} in_corner />
      )}
      <pre className={styles.code}>
        <code>{colour(text, ranges)}</code>
      </pre>
    </div>
  );
}

/** Return the text with its coloured parts as elements. */
function colour(text: string, ranges: Range[]) {
  let done = 0;
  const parts = ranges.flatMap(([start, end, kind]) => {
    const before = text.slice(done, start);
    done = end;
    return [
      before,
      <span key={start} className={styles[kind]}>
        {text.slice(start, end)}
      </span>,
    ];
  });
  return [...parts, text.slice(done)];
}

function Copy({ text, in_corner = false }: { text: string; in_corner?: boolean }) {
  const t = useT();
  const [said, say] = useState<string | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(t("messages.copied"));
    } catch (error) {
      // Without https there is no clipboard at all.
      console.warn("The code could not be copied.", error);
      say(t("messages.copy_failed"));
    }
    setTimeout(() => say(null), SAID_MILLISECONDS);
  };
  return (
    <button type="button" className={`${styles.copy} ${in_corner ? styles.corner : ""}`} onClick={copy}>
      <Icon name="copy" small />
      <span aria-live="polite">{said ?? t("messages.copy_code")}</span>
    </button>
  );
}

const NAMES: Record<string, string> = {
  bash: "Bash",
  c: "C",
  cpp: "C++",
  css: "CSS",
  diff: "Diff",
  go: "Go",
  html: "HTML",
  java: "Java",
  javascript: "JavaScript",
  js: "JavaScript",
  json: "JSON",
  kotlin: "Kotlin",
  markdown: "Markdown",
  php: "PHP",
  py: "Python",
  python: "Python",
  rb: "Ruby",
  ruby: "Ruby",
  rs: "Rust",
  rust: "Rust",
  sh: "Shell",
  shell: "Shell",
  sql: "SQL",
  swift: "Swift",
  toml: "TOML",
  ts: "TypeScript",
  tsx: "TSX",
  typescript: "TypeScript",
  xml: "XML",
  yaml: "YAML",
  yml: "YAML",
};

function nameOf(language: string): string {
  // What somebody wrote may be the name of what every object has.
  return Object.hasOwn(NAMES, language) ? (NAMES[language] ?? language) : language;
}
