/** The hours in which notices are kept back: from when to when, on which days, and by the clock of which place. */
import { useId } from "react";
import { Choice } from "@/components/choice";
import { useLanguage, useT } from "@/lib/i18n";
import type { Quiet } from "@/lib/protocol";
import { useTyped } from "@/lib/use-typed";
import { NightBar } from "./night-bar";
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
          <div className={styles.night}>
            <div className={styles.hours}>
              <Time label={t("wishes.from")} value={quiet.from} onChange={(from) => onChange({ ...quiet, from })} />
              <span aria-hidden="true">–</span>
              <Time label={t("wishes.to")} value={quiet.to} onChange={(to) => onChange({ ...quiet, to })} />
            </div>
            <Days chosen={quiet.days} onTurn={turn} />
            <NightBar quiet={quiet} />
          </div>
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

function Days({ chosen, onTurn }: { chosen: Day[]; onTurn: (day: Day, on: boolean) => void }) {
  const t = useT();
  const language = useLanguage();
  const long = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  const short = new Intl.DateTimeFormat(language, { weekday: "narrow", timeZone: "UTC" });
  return (
    <fieldset className={styles.days}>
      <legend className="only-read-out">{t("wishes.days")}</legend>
      {DAYS.map((day, index) => {
        const moment = MONDAY + index * DAY_MILLISECONDS;
        return (
          <label key={day} title={long.format(moment)}>
            <input
              type="checkbox"
              className="only-read-out"
              checked={chosen.includes(day)}
              onChange={({ target }) => onTurn(day, target.checked)}
            />
            <span aria-hidden="true">{short.format(moment)}</span>
            <span className="only-read-out">{long.format(moment)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

/** A time of the day, which is told once it has been typed: each digit of it is a time as well. */
function Time({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  const { typed, type, keep } = useTyped(value, onChange);
  return (
    <>
      <label htmlFor={id} className="only-read-out">
        {label}
      </label>
      <input
        id={id}
        type="time"
        value={typed}
        title={label}
        onChange={({ target }) => type(target.value)}
        onBlur={keep}
        onKeyDown={({ key }) => key === "Enter" && keep()}
      />
    </>
  );
}

function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The zones that this browser knows, and the chosen one though it may not. */
function zonesWith(chosen: string): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), zoneHere(), chosen])].sort();
}
