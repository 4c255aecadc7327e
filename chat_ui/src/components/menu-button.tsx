/** A button whose menu is loaded when it is first wanted: menus are heavy, and most pages are read without one. */
import { type ReactNode, Suspense, useState } from "react";
import { useT } from "@/lib/i18n";
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
  const t = useT();
  const draw = (shown: IconName, name: string, onPress: () => void) => (
    <button
      type="button"
      className={className}
      aria-haspopup="menu"
      aria-expanded="false"
      aria-label={name}
      title={name}
      onClick={onPress}
    >
      <Icon name={shown} />
    </button>
  );
  const button = draw(icon, label, () => setWanted(true));
  if (!wanted) return button;
  return (
    <FailureBoundary instead={(again) => draw("retry", `${label}. ${t("app.part_failed")} ${t("app.retry")}`, again)}>
      <Suspense fallback={button}>{menu}</Suspense>
    </FailureBoundary>
  );
}
