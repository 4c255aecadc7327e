/** A button whose menu is loaded when it is first wanted: menus are heavy, and most pages are read without one. */
import { type ReactNode, Suspense, useState } from "react";
import { FailureBoundary } from "./failure-boundary";
import { Icon, type IconName } from "./icon";

interface Props {
  label: string;
  icon: IconName;
  className?: string;
  /** The menu with its own button of the same look, open at first. */
  menu: ReactNode;
}

export function MenuButton({ label, icon, className = "icon-button", menu }: Props) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className={className}
      aria-haspopup="menu"
      aria-expanded="false"
      aria-label={label}
      title={label}
      onClick={() => setWanted(true)}
    >
      <Icon name={icon} />
    </button>
  );
  if (!wanted) return button;
  return (
    <FailureBoundary instead={button}>
      <Suspense fallback={button}>{menu}</Suspense>
    </FailureBoundary>
  );
}
