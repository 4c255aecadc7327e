/** The seal tells where a message is: being written, on disk, waiting for its turn, or not sent. */
import { Check, Clock } from "lucide-react";
import styles from "./seal.module.css";

export type SealState = "writing" | "disk" | "waiting" | "failed";

/** Without a label it only repeats what stands beside it in words. */
export function Seal({ state, label }: { state: SealState; label?: string }) {
  const named = label ? { role: "img", "aria-label": label, title: label } : { "aria-hidden": true };
  return (
    <span className={`${styles.seal} ${styles[state]}`} {...named}>
      {state === "disk" && <Check size={12} strokeWidth={3} />}
      {state === "waiting" && <Clock size={10} strokeWidth={2.5} />}
      {state === "failed" && "!"}
    </span>
  );
}
