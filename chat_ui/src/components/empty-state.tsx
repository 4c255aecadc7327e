/** Stands where nothing is to be seen: why, and the way on. */
import type { ReactNode } from "react";
import styles from "./empty-state.module.css";
import { Icon, type IconName } from "./icon";

interface Props {
  icon: IconName;
  title: string;
  about: string;
  /** Whether it is what the whole page says. */
  is_page?: boolean;
  /** One or two buttons. */
  children?: ReactNode;
}

export function EmptyState({ icon, title, about, is_page = false, children }: Props) {
  const Title = is_page ? "h1" : "h2";
  return (
    <div className={styles.empty}>
      <span className={styles.tile}>
        <Icon name={icon} />
      </span>
      <Title>{title}</Title>
      <p className="soft">{about}</p>
      {children && <div className={styles.choices}>{children}</div>}
    </div>
  );
}
