/** When one is mailed what one has not read, and where to. */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { Choice } from "@/components/choice";
import { Link } from "@/components/link";
import { Segments } from "@/components/segments";
import { call } from "@/lib/api";
import { explain, type Translate, useT } from "@/lib/i18n";
import { useServerWishes } from "@/lib/notices/server-wishes";
import type { Reach } from "@/lib/protocol";
import { settingsPath } from "@/lib/router";
import { Section } from "./section";

const MODES = ["unread", "daily", "weekly", "none"] as const;
const DELAYS = [5, 10, 30, 60, 240, 1440];

export function MailsSection() {
  const t = useT();
  const { wishes, failure, change } = useServerWishes();
  const [reach, setReach] = useState<Reach | null>(null);
  const [unreached, setUnreached] = useState<string | null>(null);
  useEffect(() => {
    let is_wanted = true;
    call<Reach>("GET", "/api/notifications/email").then(
      (answer) => is_wanted && setReach(answer),
      (error) => is_wanted && setUnreached(explain(error)),
    );
    return () => {
      is_wanted = false;
    };
  }, []);
  const problem = failure ?? unreached;
  const email = wishes?.email;
  return (
    <Section title={t("mails.title")}>
      {problem && <Alert>{problem}</Alert>}
      {!reach && !problem && <p className="soft">{t("app.loading")}</p>}
      {reach && !reach.sends && <p className="soft">{t("mails.none_sent")}</p>}
      {reach?.sends && <Where address={reach.address} />}
      {reach?.sends && email && (
        <Segments
          label={t("mails.mode")}
          about={t(`mails.about_${email.mode}`)}
          value={email.mode}
          options={MODES.map((value) => ({ value, label: t(`mails.mode_${value}`) }))}
          onChoose={(mode) => void change({ email: { ...email, mode } })}
        />
      )}
      {reach?.sends && email?.mode === "unread" && (
        <Choice
          label={t("mails.delay")}
          value={String(email.delay_minutes)}
          options={delays(email.delay_minutes, t)}
          onChoose={(chosen) => void change({ email: { ...email, delay_minutes: Number(chosen) } })}
        />
      )}
    </Section>
  );
}

function Where({ address }: { address: string | null }) {
  const t = useT();
  if (address === null) {
    return (
      <p>
        {t("mails.no_address")} <Link to={settingsPath("profile")}>{t("mails.give_address")}</Link>
      </p>
    );
  }
  return (
    <p className="soft">
      {t("mails.goes_to")} <bdi>{address}</bdi>
    </p>
  );
}

/** What another client chose stands among them. */
function delays(chosen: number, t: Translate): { value: string; label: string }[] {
  const minutes = [...new Set([...DELAYS, chosen])].sort((one, other) => one - other);
  return minutes.map((count) => ({
    value: String(count),
    label: count % 60 === 0 ? t("mails.hours", { count: count / 60 }) : t("mails.minutes", { count }),
  }));
}
