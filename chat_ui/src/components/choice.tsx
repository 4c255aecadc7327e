/** A labelled choice of one among a few. */
import { useId } from "react";
import styles from "./choice.module.css";
import { Icon, type IconName } from "./icon";

interface Props<T extends string> {
  label: string;
  value: T;
  options: { value: T; label: string; lang?: string }[];
  onChoose: (chosen: T) => void;
  /** Stands in the place of the label, where there is no room for words. */
  icon?: IconName;
}

export function Choice<T extends string>({ label, value, options, onChoose, icon }: Props<T>) {
  const id = useId();
  return (
    <p className={icon ? styles.quiet : styles.choice}>
      {icon && <Icon name={icon} />}
      <label htmlFor={id} className={icon && "only-read-out"}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChoose(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang}>
            {option.label}
          </option>
        ))}
      </select>
      {icon && <Icon name="unfold" small />}
    </p>
  );
}
