/** Says whether one was told of a message, why or why not, and by which rules that was decided. */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { call } from "@/lib/api";
import { explain, type Translate, useT } from "@/lib/i18n";
import { fullTime } from "@/lib/i18n/time-words";
import type { Delivery, Message, MessageWhy, Step } from "@/lib/protocol";
import styles from "./why-dialog.module.css";

interface Props {
  message: Message;
  onClose: () => void;
}

export default function WhyDialog({ message: { room_id, id }, onClose }: Props) {
  const t = useT();
  const [why, setWhy] = useState<MessageWhy | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let is_wanted = true;
    call<MessageWhy>("GET", `/api/rooms/${room_id}/messages/${id}/why`).then(
      (answer) => is_wanted && setWhy(answer),
      (error) => is_wanted && setFailure(explain(error)),
    );
    return () => {
      is_wanted = false;
    };
  }, [room_id, id]);
  return (
    <Dialog title={t("why.ask")} onClose={onClose}>
      {failure && <Alert>{failure}</Alert>}
      {!why && !failure && <p className="soft">{t("app.loading")}</p>}
      {why && <Answer why={why} />}
    </Dialog>
  );
}

function Answer({ why: { told, reason, steps, deliveries, decided_at } }: { why: MessageWhy }) {
  const t = useT();
  return (
    <div className={styles.why} role="status">
      <p className={styles.verdict}>
        <Icon name={told ? "bell" : "bell_off"} /> <strong>{t(verdictOf(told, reason))}</strong>
      </p>
      <p>{t(`why.reason_${reason}`)}</p>
      {steps.length > 1 && (
        <>
          <h3>{t("why.rules")}</h3>
          <ol>
            {steps.map((step) => (
              <li key={step.rule} className={step.stopped ? styles.stopped : undefined}>
                <Icon name={step.stopped ? "close" : "check"} small /> {wordsOf(step, reason, t)}
              </li>
            ))}
          </ol>
        </>
      )}
      {deliveries.length > 0 && (
        <>
          <h3>{t("why.by_channel")}</h3>
          <ul>
            {/* Devices of which the same is to be said share a line. */}
            {[...new Set(deliveries.map((delivery) => deliveryWords(delivery, t)))].map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </>
      )}
      {/* That one wrote it oneself is as true as it was. */}
      {reason !== "author" && (
        <p className="soft">
          {decided_at === null ? t("why.now") : t("why.decided", { at: fullTime(new Date(decided_at)) })}
        </p>
      )}
    </div>
  );
}

function verdictOf(told: boolean, reason: MessageWhy["reason"]) {
  if (reason === "pending") return "why.open";
  if (reason === "forgotten") return "why.unknown";
  return told ? "why.told" : "why.untold";
}

/** The rule that stopped the notice says what the answer says; what it is to one is said by the rule of concern. */
function wordsOf({ rule, stopped = false, detail = "" }: Step, reason: MessageWhy["reason"], t: Translate): string {
  if (stopped) return t(`why.reason_${reason}`);
  if (rule === "concern") return t(`why.reason_${detail as "mention"}`);
  return t(`why.passed_${rule}`, { detail: detail ?? "" });
}

const CHANNELS = ["in_app", "web_push", "email"] as const;

function deliveryWords(delivery: Delivery, t: Translate): string {
  const channel = CHANNELS.find((known) => known === delivery.channel) ?? "elsewhere";
  return `${t(`why.channel_${channel}`)}: ${stateWords(delivery, t)}`;
}

function stateWords({ channel, state, reason }: Delivery, t: Translate): string {
  if (channel === "email" && reason === "refused") return t("why.failed_refused_mail");
  if (state === "failed" && reason) return t(`why.failed_${reason as "gone"}`);
  if (channel === "email" && state === "suppressed") return t(`why.suppressed_${reason as "off"}`);
  // What is read in the app was shown there; what is read before it is pushed is not pushed.
  if (state === "read" && channel !== "in_app") return t("why.state_read_before");
  return t(`why.state_${state}`);
}
