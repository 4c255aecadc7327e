/** A name with the part that was looked for in it marked. */
import { findMatch } from "@/lib/matching";
import styles from "./matched.module.css";

export function Matched({ name, typed }: { name: string; typed: string }) {
  const match = findMatch(name, typed.trim());
  if (!match || match.end === 0) return name;
  return (
    <>
      {name.slice(0, match.start)}
      <mark className={styles.mark}>{name.slice(match.start, match.end)}</mark>
      {name.slice(match.end)}
    </>
  );
}
