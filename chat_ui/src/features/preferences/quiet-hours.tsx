/** The hours in which notices are kept back: from when to when, on which days, and by the clock of which place. */
import { useId } from "react";
import { Choice } from "@/components/choice";
import { useLanguage, useT } from "@/lib/i18n";
import type { Quiet } from "@/lib/protocol";
import { Switch } from "./section";
import styles from "./wishes.module.css";

type Day = Quiet["days"][number];

const DAYS: Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** A Monday, whose week gives the days their names. */
const MONDAY = Date.UTC(2026, 0, 5);
const DAY_MILLISECONDS = 86_400_000;

interface Props {
  quiet: Quiet | null;
  onChange: (quiet: Quiet | null) => void;
}

export function QuietHours({ quiet, onChange }: Props) {
  const t = useT();
  const language = useLanguage();
  const name = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  const first = (): Quiet => ({ from: "22:00", to: "08:00", days: DAYS, zone: zoneHere() });
  const turn = (day: Day, on: boolean) =>
    quiet && onChange({ ...quiet, days: DAYS.filter((one) => (one === day ? on : quiet.days.includes(one))) });
  return (
    <>
      <Switch
        label={t("wishes.quiet")}
        about={t("wishes.quiet_about")}
        on={quiet !== null}
        onChange={(on) => onChange(on ? first() : null)}
      />
      {quiet && (
        <>
          <div className={styles.hours}>
            <Time label={t("wishes.from")} value={quiet.from} onChange={(from) => onChange({ ...quiet, from })} />
            <Time label={t("wishes.to")} value={quiet.to} onChange={(to) => onChange({ ...quiet, to })} />
          </div>
          <fieldset className={styles.days}>
            <legend>{t("wishes.days")}</legend>
            {DAYS.map((day, index) => (
              <label key={day}>
                <input
                  type="checkbox"
                  checked={quiet.days.includes(day)}
                  onChange={({ target }) => turn(day, target.checked)}
                />
                {name.format(MONDAY + index * DAY_MILLISECONDS)}
              </label>
            ))}
          </fieldset>
          <Choice
            label={t("wishes.zone")}
            value={quiet.zone}
            options={zonesWith(quiet.zone).map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
            onChoose={(zone) => onChange({ ...quiet, zone })}
          />
        </>
      )}
    </>
  );
}

function Time({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      {/* A time that is half typed is none yet. */}
      <input id={id} type="time" value={value} onChange={({ target }) => target.value && onChange(target.value)} />
    </p>
  );
}

function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zones that this browser knows, and the chosen one though it may not. */
function zonesWith(chosen: string): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), zoneHere(), chosen])].sort();
}
