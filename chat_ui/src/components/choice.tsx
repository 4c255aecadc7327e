/** A labelled choice of one among a few. */
import { useId } from "react";
import styles from "./choice.module.css";
import { Icon, type IconName } from "./icon";
import { type Option, Select } from "./select";

interface Props<T extends string> {
  label: string;
  value: T;
  options: Option<T>[];
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
      <Select id={id} value={value} options={options} onChoose={onChoose} look={icon ? "quiet" : "field"} />
    </p>
  );
}
