/** Pushes to this device while the page is closed, and the list of one's devices that are pushed to. */
import { useCallback, useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { ApiError, call } from "@/lib/api";
import { useT } from "@/lib/i18n";
import { canPush, DEVICES_PATH, removeDevice, turnPushOff, turnPushOn, usePush } from "@/lib/notices/push";
import { followWishes, useWishes } from "@/lib/notices/wishes";
import type { Device, Devices, TestResult } from "@/lib/protocol";
import styles from "./preferences.module.css";
import { Section, Switch } from "./section";

export function PushSection({ me }: { me: string }) {
  const t = useT();
  const { allowed } = useWishes();
  const here = usePush(({ id }) => id);
  const [devices, setDevices] = useState<Device[]>([]);
  const [failed, setFailed] = useState(false);
  useEffect(() => followWishes(), []);

  const act = useCallback(async (work: () => Promise<unknown>) => {
    try {
      await work();
      setDevices((await call<Devices>("GET", DEVICES_PATH)).items);
      setFailed(false);
    } catch (error) {
      console.warn("Pushes could not be changed.", error);
      setFailed(true);
    }
  }, []);
  // Also when this browser has been confirmed, or ended.
  useEffect(() => void act(async () => here), [act, here]);

  const is_possible = canPush() && allowed !== "unsupported";
  return (
    <Section title={t("push.title")}>
      {!is_possible && <p className="soft">{t("push.unsupported")}</p>}
      {is_possible && allowed === "denied" && <p className="soft">{t("desktop.denied")}</p>}
      {is_possible && allowed !== "denied" && (
        <Switch
          label={t("push.on")}
          about={t("push.on_about")}
          on={here !== null}
          onChange={(wanted) => void act(() => (wanted ? turnPushOn(me) : turnPushOff()))}
        />
      )}
      <Alert>{failed ? t("push.failed") : null}</Alert>
      {devices.length > 0 && (
        <ul className={styles.devices} aria-label={t("push.devices")}>
          {devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              is_here={device.id === here}
              onRemove={() => act(() => removeDevice(device.id))}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

type Tested = "sent" | "too_soon" | "failed" | NonNullable<TestResult["reason"]>;

function DeviceRow({ device, is_here, onRemove }: { device: Device; is_here: boolean; onRemove: () => void }) {
  const t = useT();
  const [tested, setTested] = useState<Tested | null>(null);
  const name = device.device || t("push.nameless");
  const test = async () => {
    setTested(null);
    setTested(await sendTest(device.id));
  };
  return (
    <li>
      <div>
        <span className="ellipsis">{name}</span> {is_here && <span className="soft">{t("push.here")}</span>}
        <p className="soft" role="status">
          {tested && t(`push.test_${tested}`)}
        </p>
      </div>
      <button type="button" className="button" onClick={test} aria-label={t("push.test_of", { device: name })}>
        {t("push.test")}
      </button>
      <button type="button" className="button" onClick={onRemove} aria-label={t("push.remove_of", { device: name })}>
        {t("push.remove")}
      </button>
    </li>
  );
}

async function sendTest(id: string): Promise<Tested> {
  try {
    const { sent, reason } = await call<TestResult>("POST", `${DEVICES_PATH}/${id}/test`);
    return sent ? "sent" : (reason ?? "failed");
  } catch (error) {
    return error instanceof ApiError && error.body.code === "rate_limited" ? "too_soon" : "failed";
  }
}
