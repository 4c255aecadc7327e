/** A person's picture with the sign of whether they are there. */
import type { User } from "@/lib/protocol";
import { Avatar } from "./avatar";
import styles from "./person-face.module.css";
import { PresenceDot } from "./presence-dot";

interface Props {
  id: string;
  user?: User;
  size?: "small" | "medium" | "normal" | "large" | "huge";
}

export function PersonFace({ id, user, size }: Props) {
  return (
    <span className={styles.face}>
      <Avatar id={id} user={user} size={size} />
      {!user?.bot && <PresenceDot id={id} size={size} />}
    </span>
  );
}
