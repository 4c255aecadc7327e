/** A choice of one among two to four that stand beside each other. */
import { useId } from "react";
import styles from "./segments.module.css";

interface Props<T extends string> {
  label: string;
  about?: string;
  value: T;
  options: { value: T; label: string; lang?: string }[];
  onChoose: (chosen: T) => void;
}

export function Segments<T extends string>({ label, about, value, options, onChoose }: Props<T>) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <div id={id}>
        {label}
        {about && <p>{about}</p>}
      </div>
      <div role="radiogroup" aria-labelledby={id} className={styles.segments}>
        {options.map((option) => (
          <label key={option.value} lang={option.lang}>
            <input
              type="radio"
              name={id}
              className="only-read-out"
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </div>
  );
}
