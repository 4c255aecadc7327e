/** All that one can do with a message, with the keys that do the same while its row has the focus. */
import { Fragment, useEffect } from "react";
import { Menu, MenuFact, MenuItem, MenuLine } from "@/components/menu";
import type { MessageAction } from "./message-actions";

interface Props {
  label: string;
  className: string;
  actions: MessageAction[];
  /** What is said of the message before what ends it. */
  fact: string | null;
  /** While it is open the bar must stay. */
  onOpenChange: (open: boolean) => void;
}

export default function MoreMenu({ label, className, actions, fact, onOpenChange }: Props) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is open when it comes.
  useEffect(() => onOpenChange(true), []);
  const said = fact && <MenuFact icon="show">{fact}</MenuFact>;
  return (
    <Menu label={label} className={className} icon="more" onOpenChange={onOpenChange}>
      {actions.map(({ icon, label, code, danger = false, begins, run }, index) => (
        <Fragment key={icon}>
          {danger && said}
          {begins && index > 0 && <MenuLine />}
          <MenuItem icon={icon} shortcut={keyOf(code)} danger={danger} onChoose={run}>
            {label}
          </MenuItem>
        </Fragment>
      ))}
      {!actions.some(({ danger }) => danger) && said}
    </Menu>
  );
}

/** Return the key as it is written on a keyboard. */
function keyOf(code: string): string {
  return code === "Delete" ? "Del" : code.replace(/^Key/, "");
}
