/** A setting that is on or off, with what it means below its name. */
import { useId } from "react";
import styles from "./switch.module.css";

interface Props {
  label: string;
  about?: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

export function Switch({ label, about, on, onChange }: Props) {
  const id = useId();
  return (
    <div className={styles.row}>
      <div className={styles.words}>
        <label htmlFor={id}>{label}</label>
        {about && (
          <p id={`${id}-about`} className="soft">
            {about}
          </p>
        )}
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className={styles.switch}
        checked={on}
        aria-checked={on}
        aria-describedby={about ? `${id}-about` : undefined}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  );
}
