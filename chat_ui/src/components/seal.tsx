/** The seal tells where a message is: being written, on disk, waiting for its turn, or not sent. */
import { Check } from "lucide-react";
import styles from "./seal.module.css";

export type SealState = "writing" | "disk" | "waiting" | "failed";

interface Props {
  state: SealState;
  /** Without it the seal only repeats what stands beside it in words. */
  label?: string;
  /** Drawn in lines, where it tells of everything and not of one message. */
  is_drawn?: boolean;
}

export function Seal({ state, label, is_drawn = false }: Props) {
  const named = label ? { role: "img", "aria-label": label, title: label } : { "aria-hidden": true };
  return (
    <span className={`${styles.seal} ${styles[state]} ${is_drawn ? styles.drawn : ""}`} {...named}>
      {state === "disk" && <Check size={12} strokeWidth={3} />}
      {state === "waiting" && <Hands />}
      {state === "failed" && "!"}
    </span>
  );
}

/** Of a clock, whose face is the seal itself. */
function Hands() {
  return (
    <svg
      width="10"
      height="10"
      viewBox="0 0 10 10"
      fill="none"
      stroke="currentcolor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d="M5 2v3.25h2.25" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
