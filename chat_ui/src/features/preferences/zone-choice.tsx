/** Where the person is: the times of the page are shown as the clocks there show them. */
import { useId, useState } from "react";
import { Alert } from "@/components/alert";
import { chooseTimeZone } from "@/lib/account-preferences";
import { explain, useT, useTimeZone } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";
import { setTimeZone } from "@/lib/i18n/time-zone";
import styles from "./preferences.module.css";

const DEVICE = "";

export function ZoneChoice() {
  const t = useT();
  const id = useId();
  const chosen = useTimeZone() ?? DEVICE;
  const [failure, setFailure] = useState<string | null>(null);
  const [zones] = useState(() => Intl.supportedValuesOf("timeZone"));
  const [device] = useState(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
  const choose = async (zone: string) => {
    const before = chosen || null;
    setFailure(null);
    try {
      await chooseTimeZone(zone || null);
    } catch (error) {
      setTimeZone(before);
      setFailure(explain(error));
    }
  };
  return (
    <div className={styles.zone}>
      <div>
        <label htmlFor={id}>{t("preferences.zone")}</label>
        <p id={`${id}-now`}>{t("preferences.zone_now", { time: clockTime(new Date()) })}</p>
        <Alert>{failure}</Alert>
      </div>
      <select
        id={id}
        value={chosen}
        aria-describedby={`${id}-now`}
        onChange={(event) => void choose(event.target.value)}
      >
        <option value={DEVICE}>{t("preferences.zone_device", { zone: device })}</option>
        {chosen !== DEVICE && !zones.includes(chosen) && <option value={chosen}>{chosen}</option>}
        {zones.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </div>
  );
}
