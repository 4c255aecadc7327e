/** One part of the catalogue, which the pictures show by itself. */
import type { ReactNode } from "react";
import styles from "./catalogue.module.css";

interface Props {
  name: string;
  /** Whether what it shows reaches from edge to edge. */
  is_flush?: boolean;
  children: ReactNode;
}

export function Section({ name, is_flush = false, children }: Props) {
  return (
    <section className={styles.section} aria-label={name} data-section={name.toLowerCase().replaceAll(" ", "-")}>
      <h2 data-title>{name}</h2>
      <div className={is_flush ? styles.flush : styles.inside}>{children}</div>
    </section>
  );
}

export function Line({ children }: { children: ReactNode }) {
  return <div className={styles.line}>{children}</div>;
}
