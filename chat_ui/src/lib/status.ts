/** What people say of themselves for now; it is taken away when its time is over. */
import { useEffect, useState } from "react";
import { dayNumber, momentOf, onTheWall } from "./i18n/time-zone";
import type { PersonStatus, User } from "./protocol";

// Timers take no longer waits; who looks at a page for weeks reads it anew before.
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

export function statusAt(user: Pick<User, "status"> | undefined, now: Date): PersonStatus | null {
  const status = user?.status;
  if (!status || !(status.emoji || status.text)) return null;
  return status.until && Date.parse(status.until) <= now.getTime() ? null : status;
}

/** Return a person's status, until it is over. */
export function useStatus(user: User | undefined): PersonStatus | null {
  const [, setOver] = useState(0);
  const status = statusAt(user, new Date());
  const until = status?.until;
  useEffect(() => {
    if (!until) return;
    const left = Math.min(LONGEST_MILLISECONDS, Math.max(0, Date.parse(until) - Date.now()));
    const timer = setTimeout(() => setOver((count) => count + 1), left + 1);
    return () => clearTimeout(timer);
  }, [until]);
  return status;
}

export const ENDS = ["never", "half_hour", "hour", "today", "week"] as const;
export type End = (typeof ENDS)[number];

/** Return when a status ends that is set now: the day with its last minute, the week with its Sunday. */
export function endOf(end: End, now: Date): Date | null {
  const midnight = (days: number) => momentOf(dayNumber(now) + days, 0);
  switch (end) {
    case "half_hour":
      return new Date(now.getTime() + 30 * 60_000);
    case "hour":
      return new Date(now.getTime() + 60 * 60_000);
    case "today":
      return midnight(1);
    case "week":
      return midnight(8 - (onTheWall(now).getUTCDay() || 7));
    default:
      return null;
  }
}
