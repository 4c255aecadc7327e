/** A labelled input with its hint. */
import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import styles from "./field.module.css";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  /** Stands beside the input, as a button that shows the password. */
  beside?: ReactNode;
}

export function Field({ label, hint, beside, ...input }: Props) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.row}>
        <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
        {beside}
      </div>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
