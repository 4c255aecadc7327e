/** The day as a bar, with what of it is quiet and where it is now. The fields above say the same in figures. */
import type { Quiet } from "@/lib/protocol";
import styles from "./wishes.module.css";

const DAY_MINUTES = 24 * 60;
const LABELS = [0, 6, 12, 18, 24];

export function NightBar({ quiet }: { quiet: Quiet }) {
  const now = minutesNow(quiet.zone);
  return (
    <div className={styles.bar}>
      <svg viewBox={`0 0 ${DAY_MINUTES} 1`} preserveAspectRatio="none" aria-hidden="true">
        {quietSpans(quiet).map(([from, to]) => (
          <rect key={from} x={from} width={to - from} height="1" />
        ))}
        {now !== null && <line x1={now} x2={now} y2="1" vectorEffect="non-scaling-stroke" />}
      </svg>
      <p aria-hidden="true">
        {LABELS.map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </p>
    </div>
  );
}

/** Return the quiet parts of a day in minutes; those that end when they begin last a day. */
export function quietSpans({ from, to }: Pick<Quiet, "from" | "to">): [number, number][] {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  if (begin < end) return [[begin, end]];
  const spans: [number, number][] = [
    [0, end],
    [begin, DAY_MINUTES],
  ];
  return spans.filter(([first, last]) => first < last);
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Null for a zone that this browser does not know. */
function minutesNow(zone: string): number | null {
  try {
    return minutesOf(new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" }).format());
  } catch (error) {
    console.warn("This browser does not know the time zone of the quiet hours.", error);
    return null;
  }
}
