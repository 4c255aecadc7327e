/** A choice of one out of a list: the browser's own, which keyboards and readers know, in the look of the page. */
import type { ComponentProps } from "react";
import { Icon } from "./icon";
import styles from "./select.module.css";

export interface Option<T extends string> {
  value: T;
  label: string;
  lang?: string;
}

interface Props<T extends string> extends Omit<ComponentProps<"select">, "value" | "onChange"> {
  value: T;
  options: readonly Option<T>[];
  onChoose: (chosen: T) => void;
  /** Quiet ones are no field: they stand at the end of a line as words. */
  look?: "field" | "quiet";
}

export function Select<T extends string>({ value, options, onChoose, look = "field", className, ...rest }: Props<T>) {
  return (
    <span className={`${styles.frame} ${styles[look]} ${className ?? ""}`}>
      <select
        {...rest}
        value={value}
        onChange={(event) => onChoose(event.target.value as T)}
        // The keys of the open list are pressed on its options, and mean nothing to what it stands in.
        onKeyDown={(event) => event.target !== event.currentTarget && event.stopPropagation()}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="unfold" small />
    </span>
  );
}
