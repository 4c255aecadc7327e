/** The address at which one gets mail: given here, confirmed by the link that is sent there, and taken away again. */
import { useCallback, useEffect, useRef, useState } from "react";
import { Alert } from "@/components/alert";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { call } from "@/lib/api";
import { followFocus, isFocused } from "@/lib/focus";
import { explain, refusalOf, useT } from "@/lib/i18n";
import type { GiveEmailBody, Profile } from "@/lib/protocol";
import { useForm } from "@/lib/use-form";
import styles from "./preferences.module.css";
import { Section } from "./section";

const PATH = "/api/users/me/email";

export function EmailSection() {
  const t = useT();
  const [profile, setProfile] = useState<Profile | null>(null);
  const [is_changing, setChanging] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [is_sent, setSent] = useState(false);

  // An answer that comes after a later question was asked says how things were.
  const asked = useRef(0);

  const act = useCallback(async (work: () => Promise<Profile>) => {
    asked.current += 1;
    const turn = asked.current;
    try {
      const told = await work();
      if (turn !== asked.current) return;
      setProfile(told);
      setFailure(null);
    } catch (error) {
      if (turn === asked.current) setFailure(explain(error));
    }
  }, []);
  useEffect(() => {
    const read = () => void act(readProfile);
    read();
    // The link may have been followed in another tab, or on a phone.
    return followFocus(() => {
      if (isFocused()) read();
    });
  }, [act]);

  const sendAgain = (email: string) =>
    act(async () => {
      const told = await give(email);
      setSent(true);
      return told;
    });
  const remove = () =>
    act(async () => {
      await call<void>("DELETE", PATH);
      return await readProfile();
    });
  const confirmed = profile?.email_confirmed ? (profile.email ?? null) : null;
  const pending = profile?.email_pending ?? null;
  const has_form = profile !== null && (is_changing || !(confirmed || pending));
  return (
    <Section title={t("email.title")}>
      <div>
        <p className="soft">{t("email.about")}</p>
        {failure && <Alert>{failure}</Alert>}
      </div>
      {confirmed && (
        <p className={styles.address}>
          <bdi className="ellipsis">{confirmed}</bdi>
          <span className={styles.confirmed}>
            <Icon name="check" small /> {t("email.confirmed")}
          </span>
        </p>
      )}
      {pending && (
        <div className={styles.address}>
          <bdi className="ellipsis">{pending}</bdi>
          <button type="button" className="button" onClick={() => void sendAgain(pending)}>
            {t("email.send_again")}
          </button>
          <p className="soft" role="status">
            {t(profile?.email_refused ? "email.refused" : is_sent ? "email.sent_again" : "email.waiting")}
          </p>
        </div>
      )}
      {has_form && (
        <EmailForm
          onGiven={(told) => {
            asked.current += 1;
            setProfile(told);
            setFailure(null);
            setSent(false);
            setChanging(false);
          }}
          onCancel={is_changing ? () => setChanging(false) : null}
        />
      )}
      {profile !== null && !has_form && (
        <div className={styles.address}>
          <button type="button" className="button" onClick={() => setChanging(true)}>
            {t("email.change")}
          </button>
          <button type="button" className="button" onClick={() => void remove()}>
            {t("email.remove")}
          </button>
        </div>
      )}
    </Section>
  );
}

function EmailForm({ onGiven, onCancel }: { onGiven: (told: Profile) => void; onCancel: (() => void) | null }) {
  const t = useT();
  const { form, busy, errors, failure } = useForm({
    check: (form): Record<string, string> => (read(form) ? {} : { email: t("error.reason_empty") }),
    place: (error) => {
      const refusal = refusalOf(error);
      return refusal?.field === "email" ? { email: refusal.reason } : null;
    },
    act: async (form) => onGiven(await give(read(form))),
  });
  return (
    <form {...form} className={styles.email}>
      {failure && <Alert>{failure}</Alert>}
      <Field
        label={t("email.address")}
        error={errors.email ?? null}
        name="email"
        type="email"
        autoComplete="email"
        autoCapitalize="none"
        maxLength={254}
        required
      />
      <div className={styles.buttons}>
        <button type="submit" className="button primary" disabled={busy}>
          {t("email.give")}
        </button>
        {onCancel && (
          <button type="button" className="button" onClick={onCancel}>
            {t("app.cancel")}
          </button>
        )}
      </div>
    </form>
  );
}

function readProfile(): Promise<Profile> {
  return call<Profile>("GET", "/api/users/me");
}

function give(email: string): Promise<Profile> {
  return call<Profile>("POST", PATH, { email } satisfies GiveEmailBody);
}

function read(form: FormData): string {
  return String(form.get("email") ?? "").trim();
}
