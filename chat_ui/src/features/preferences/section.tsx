/** A part of the settings: a heading, and a card with a row for each choice. */
import { type ReactNode, useId } from "react";
import styles from "./preferences.module.css";

interface SectionProps {
  title: string;
  /** Stands between the heading and the card. */
  above?: ReactNode;
  children: ReactNode;
}

export function Section({ title, above, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {above}
      <div className={styles.card}>{children}</div>
    </section>
  );
}

interface SwitchProps {
  label: string;
  about?: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

/** Something that is on or off. */
export function Switch({ label, about, on, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={styles.switch}>
      <div>
        <label htmlFor={id}>{label}</label>
        {about && <p id={`${id}-about`}>{about}</p>}
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        aria-describedby={about ? `${id}-about` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  );
}
