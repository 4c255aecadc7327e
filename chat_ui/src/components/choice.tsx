/** A labelled choice of one among a few. */
import { useId } from "react";
import styles from "./choice.module.css";

interface Props<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string; lang?: string }[];
  onChoose: (chosen: T) => void;
}

export function Choice<T extends string>({ label, value, options, onChoose }: Props<T>) {
  const id = useId();
  return (
    <p className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang}>
            {option.label}
          </option>
        ))}
      </select>
    </p>
  );
}
