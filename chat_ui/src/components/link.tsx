/** A link inside the page: a plain click stays here, any other does what the browser does. */
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "@/lib/router";

export function Link({ to, ...props }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={go} {...props} />;
}
