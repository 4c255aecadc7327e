/** A labelled input with its hint, and what is wrong with it. */
import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import styles from "./field.module.css";
import { Icon } from "./icon";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: ReactNode;
  /** What was not taken, and what to do about it. */
  error?: string | null;
  /** Stands beside the input, as a button that shows the password. */
  beside?: ReactNode;
}

export function Field({ label, hint, error, beside, ...input }: Props) {
  const id = useId();
  // The words of a hint say what to do, as those of the error do.
  const has_hint = hint !== undefined && !(error && typeof hint === "string");
  const described = [error && `${id}-error`, has_hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.row}>
        <input id={id} aria-invalid={error ? true : undefined} aria-describedby={described || undefined} {...input} />
        {beside}
      </div>
      {error && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          <Icon name="warning" small /> {error}
        </p>
      )}
      {has_hint && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
    </div>
  );
}
