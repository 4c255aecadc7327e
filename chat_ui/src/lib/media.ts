/** Whether the window fits a query, followed as it changes. */
import { useCallback, useSyncExternalStore } from "react";

/** As in the layout of the columns: one of them at a time, and tabs below it. */
export const PHONE = "(max-width: 719px)";

export function useMedia(query: string): boolean {
  const follow = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(follow, () => matchMedia(query).matches);
}
