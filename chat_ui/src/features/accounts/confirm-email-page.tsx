/**
 * Where the link of a mail leads. It asks before it confirms: programs that look through mails follow links too, and whose
 * the account is only a person can tell. Nobody needs to be signed in here.
 */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { LanguageChoice } from "@/components/language-choice";
import { Link } from "@/components/link";
import { ThemeChoice } from "@/components/theme-choice";
import { ApiError, callOpenly } from "@/lib/api";
import { forgetEmailLink, useEmailLink } from "@/lib/email-link";
import { explain, useT } from "@/lib/i18n";
import type { ConfirmEmailBody } from "@/lib/protocol";
import { settingsPath } from "@/lib/router";
import { useSession } from "@/lib/session";
import styles from "./sign-in-page.module.css";

type State = "asking" | "busy" | "done" | "no_good" | "taken";

export default function ConfirmEmailPage() {
  const t = useT();
  const token = useEmailLink();
  const is_signed_in = useSession(({ status }) => status === "signed_in");
  const [state, setState] = useState<State>("asking");
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (token) setState("asking");
  }, [token]);
  const confirm = async () => {
    if (!token) return;
    setFailure(null);
    setState("busy");
    try {
      await callOpenly<void>("/api/auth/email/confirm", { token } satisfies ConfirmEmailBody);
      setState("done");
      forgetEmailLink();
    } catch (error) {
      const ended = endOf(error);
      setState(ended ?? "asking");
      if (ended) forgetEmailLink();
      else setFailure(explain(error));
    }
  };
  const shown = state === "asking" && !token ? "no_good" : state;
  const is_open = shown === "asking" || shown === "busy";
  return (
    <div className={styles.page}>
      <main className={styles.card} id="main">
        <p className={styles.brand}>
          <img src="/favicon.svg" alt="" width="44" height="44" />
          <span>
            <strong>ChatFlow</strong>
            <span className={styles.host}>{location.host}</span>
          </span>
        </p>
        <h1>{t(is_open ? "email.confirm" : `email.confirm_${shown}`)}</h1>
        <p className="soft" role="status">
          {t(is_open ? "email.confirm_note" : `email.confirm_${shown}_note`)}
        </p>
        <Alert>{failure}</Alert>
        {is_open && (
          <button type="button" className="button primary wide" disabled={shown === "busy"} onClick={confirm}>
            {t("email.confirm_act")}
          </button>
        )}
        <p className={styles.other}>
          <Link to={is_signed_in ? settingsPath("profile") : "/"}>
            {t(is_signed_in ? "email.to_settings" : "email.to_chat")}
          </Link>
        </p>
      </main>
      <footer className={styles.choices}>
        <LanguageChoice />
        <ThemeChoice />
      </footer>
    </div>
  );
}

/** Return how it ends where another try is of no use. */
function endOf(error: unknown): "no_good" | "taken" | null {
  const code = error instanceof ApiError ? error.body.code : null;
  if (code === "conflict") return "taken";
  return code === "not_found" || code === "invalid" ? "no_good" : null;
}
