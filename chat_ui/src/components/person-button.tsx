/** A name, a picture or a mention that opens the card of its person. */
import type { ReactNode } from "react";
import { openProfile } from "@/lib/profile-request";
import styles from "./person-button.module.css";

interface Props {
  id: string;
  className?: string | undefined;
  /** Whether the Tab key reaches it. */
  is_stop?: boolean;
  /** Repeats for the pointer what stands beside it for everybody. */
  only_pointer?: boolean;
  children: ReactNode;
}

export function PersonButton({ id, className = "", is_stop = true, only_pointer = false, children }: Props) {
  return (
    <button
      type="button"
      className={`${styles.person} ${className}`}
      tabIndex={is_stop && !only_pointer ? 0 : -1}
      aria-hidden={only_pointer || undefined}
      aria-haspopup="dialog"
      onClick={(event) => openProfile(id, event.currentTarget)}
    >
      {children}
    </button>
  );
}
