/** A person's picture: the first letter on a colour of their own. */
import type { User } from "@/lib/protocol";
import styles from "./avatar.module.css";

const HUES = 8;

interface Props {
  id: string;
  user?: User;
  size?: "tiny" | "small" | "medium" | "normal" | "large" | "huge";
}

export function Avatar({ id, user, size = "normal" }: Props) {
  const name = user?.display_name || user?.username || "";
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7) % HUES;
  return (
    <span
      aria-hidden="true"
      className={`${styles.avatar} ${styles[size]} ${styles[`hue${hue}`]} ${user?.bot ? styles.bot : ""}`}
    >
      {[...name][0]?.toUpperCase()}
    </span>
  );
}
