/** Signing in, and making an account. */
import { type FormEvent, useState } from "react";
import { Alert } from "@/components/alert";
import { ThemeChoice } from "@/components/appearance-choices";
import { Field } from "@/components/field";
import { LanguageChoice } from "@/components/language-choice";
import { Link } from "@/components/link";
import { ApiError } from "@/lib/api";
import { explain, useT } from "@/lib/i18n";
import { invitation } from "@/lib/invitation";
import { navigate, useRoute } from "@/lib/router";
import { register, signIn, useSession } from "@/lib/session";
import { PasswordField } from "./password-field";
import styles from "./sign-in-page.module.css";

export function SignInPage() {
  const t = useT();
  const registering = useRoute().page === "register";
  const ended = useSession((session) => session.status === "signed_out" && session.ended);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <p className={styles.brand}>
          <img src="/favicon.svg" alt="" width="44" height="44" />
          <span>
            <strong>ChatFlow</strong>
            <span className={styles.host}>{location.host}</span>
          </span>
        </p>
        <h1>{t(registering ? "account.register" : "account.sign_in")}</h1>
        <p className="soft">{t(registering ? "account.register_lead" : "account.sign_in_lead")}</p>
        {ended && !registering && <Alert>{t("account.ended")}</Alert>}
        {registering ? <RegisterForm key="register" /> : <SignInForm key="sign-in" />}
        <p className={styles.other}>
          <Link to={registering ? (invitation() ? "/join" : "/") : "/register"}>
            {t(registering ? "account.to_sign_in" : "account.to_register")}
          </Link>
        </p>
      </div>
      <div className={styles.choices}>
        <LanguageChoice />
        <ThemeChoice />
      </div>
    </main>
  );
}

function SignInForm() {
  const t = useT();
  const { submit, busy, failure } = useSubmit((form) => signIn(read(form, "login"), read(form, "password")), {
    unauthenticated: t("account.wrong"),
  });
  return (
    <form onSubmit={submit}>
      <Alert>{failure}</Alert>
      <Field label={t("account.login")} name="login" autoComplete="username" autoCapitalize="none" required autoFocus />
      <PasswordField autoComplete="current-password" />
      <button type="submit" className="button primary wide" disabled={busy}>
        {t("account.sign_in")}
      </button>
    </form>
  );
}

function RegisterForm() {
  const t = useT();
  const { submit, busy, failure } = useSubmit(
    async (form) => {
      const username = read(form, "username");
      const display_name = read(form, "display_name") || username;
      await register({ username, display_name, password: read(form, "password") });
      navigate(invitation() ? "/join" : "/", { replace: true });
    },
    { conflict: t("account.taken") },
  );
  return (
    <form onSubmit={submit}>
      <Alert>{failure}</Alert>
      <Field
        label={t("account.username")}
        hint={t("account.username_hint")}
        name="username"
        minLength={2}
        maxLength={32}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
      />
      <Field label={t("account.display_name")} name="display_name" autoComplete="name" />
      <PasswordField autoComplete="new-password" hint={t("account.password_hint")} minLength={8} />
      <button type="submit" className="button primary wide" disabled={busy}>
        {t("account.register")}
      </button>
    </form>
  );
}

/** Run a form once at a time, and tell what went wrong in its own words where it has some. */
function useSubmit(action: (form: FormData) => Promise<void>, words: Record<string, string>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await action(new FormData(event.currentTarget));
    } catch (error) {
      setFailure((error instanceof ApiError && words[error.body.code]) || explain(error));
    } finally {
      setBusy(false);
    }
  };
  return { submit, busy, failure };
}

/** A password is taken as it is, all else without the blanks around it; macOS types decomposed Hangul. */
function read(form: FormData, name: string): string {
  const value = String(form.get(name) ?? "").normalize("NFC");
  return name === "password" ? value : value.trim();
}
