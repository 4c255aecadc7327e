/** All that one can do with a message, with the keys that do the same while its row has the focus. */
import { Fragment, useEffect } from "react";
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import type { MessageAction } from "./message-actions";

interface Props {
  label: string;
  className: string;
  actions: MessageAction[];
  /** While it is open the bar must stay. */
  onOpenChange: (open: boolean) => void;
}

export default function MoreMenu({ label, className, actions, onOpenChange }: Props) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is open when it comes.
  useEffect(() => onOpenChange(true), []);
  return (
    <Menu label={label} className={className} icon="more" onOpenChange={onOpenChange}>
      {actions.map(({ icon, label, code, danger = false, begins, run }, index) => (
        <Fragment key={icon}>
          {begins && index > 0 && <MenuLine />}
          <MenuItem icon={icon} shortcut={keyOf(code)} danger={danger} onChoose={run}>
            {label}
          </MenuItem>
        </Fragment>
      ))}
    </Menu>
  );
}

/** Return the key as it is written on a keyboard. */
function keyOf(code: string): string {
  return code === "Delete" ? "Del" : code.replace(/^Key/, "");
}
