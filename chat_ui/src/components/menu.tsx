/** A menu, open at first and later from a button, with the keyboard and the focus as people expect of menus. */
import { Menu as Base } from "@base-ui/react/menu";
import { type ReactNode, useRef } from "react";
import { Icon, type IconName } from "./icon";
import { Keycap } from "./keycap";
import styles from "./menu.module.css";

interface MenuProps {
  label: string;
  className?: string;
  icon: IconName;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

export function Menu({ label, className = "icon-button", icon, onOpenChange, children }: MenuProps) {
  // What had the focus before was another button of the same look, which this one replaced.
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <Base.Root defaultOpen onOpenChange={(open) => onOpenChange?.(open)}>
      <Base.Trigger ref={trigger} className={className} aria-label={label} title={label}>
        <Icon name={icon} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className={styles.place}>
          <Base.Popup className={styles.menu} finalFocus={trigger}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ItemProps {
  onChoose: () => void;
  icon?: IconName;
  /** The key that does the same outside the menu, as it is written on a keyboard. */
  shortcut?: string;
  danger?: boolean;
  children: ReactNode;
}

export function MenuItem({ onChoose, icon, shortcut, danger = false, children }: ItemProps) {
  return (
    <Base.Item
      className={danger ? `${styles.item} ${styles.danger}` : styles.item}
      aria-keyshortcuts={shortcut}
      onClick={onChoose}
    >
      {icon && <Icon name={icon} small />}
      {children}
      {shortcut && <Keycap name={shortcut} className={styles.shortcut} />}
    </Base.Item>
  );
}

/** A line that says something and does nothing; the keyboard reaches it, so that it is read out. */
export function MenuFact({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <Base.Item className={styles.item} disabled>
      <Icon name={icon} small />
      {children}
    </Base.Item>
  );
}

interface ChoicesProps<Value extends string> {
  title: string;
  value: Value;
  options: readonly { value: Value; label: string; about?: string }[];
  onChoose: (value: Value) => void;
}

/** Options of which one holds. */
export function MenuChoices<Value extends string>({ title, value, options, onChoose }: ChoicesProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.title}>{title}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(chosen) => onChoose(chosen as Value)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} closeOnClick className={styles.item}>
            <span>
              {option.label}
              {option.about && <span className={styles.about}>{option.about}</span>}
            </span>
            <Base.RadioItemIndicator className={styles.chosen}>
              <Icon name="check" small />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

export function MenuLine() {
  return <Base.Separator className={styles.line} />;
}
