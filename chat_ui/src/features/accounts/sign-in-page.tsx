/** Signing in, and making an account. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Field } from "@/components/field";
import { LanguageChoice } from "@/components/language-choice";
import { Link } from "@/components/link";
import { ThemeChoice } from "@/components/theme-choice";
import { ApiError } from "@/lib/api";
import { refusalOf, type Translate, useT } from "@/lib/i18n";
import { invitation } from "@/lib/invitation";
import { navigate, useRoute } from "@/lib/router";
import { register, signIn, useSession } from "@/lib/session";
import { type Errors, useForm } from "@/lib/use-form";
import { PasswordField } from "./password-field";
import { isLong, PasswordRules, SHORTEST_PASSWORD } from "./password-rules";
import styles from "./sign-in-page.module.css";

const [SHORTEST_NAME, LONGEST_NAME] = [2, 32];
const LONGEST_PASSWORD = 256;

export function SignInPage() {
  const t = useT();
  const registering = useRoute().page === "register";
  const ended = useSession((session) => session.status === "signed_out" && session.ended);
  return (
    <div className={styles.page}>
      <main className={styles.card}>
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
            <span className="soft">{t(registering ? "account.already" : "account.new_here")}</span>{" "}
            {t(registering ? "account.sign_in" : "account.register")}
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

function SignInForm() {
  const t = useT();
  const { form, busy, errors, failure } = useForm({
    check: (form) => lacking(form, ["login", "password"], t("error.reason_empty")),
    place: (error) => (codeOf(error) === "unauthenticated" ? { password: t("account.wrong") } : null),
    act: (form) => signIn(read(form, "login"), read(form, "password")),
  });
  return (
    <form {...form}>
      <Alert>{failure}</Alert>
      <Field
        label={t("account.login")}
        error={errors.login ?? null}
        name="login"
        autoComplete="username"
        autoCapitalize="none"
        required
        autoFocus
      />
      <PasswordField autoComplete="current-password" error={errors.password} />
      <button type="submit" className="button primary wide" disabled={busy}>
        {t("account.sign_in")}
      </button>
    </form>
  );
}

function RegisterForm() {
  const t = useT();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const { form, busy, errors, failure } = useForm({
    check: (form) => {
      const found = lacking(form, ["username", "password"], t("error.reason_empty"));
      const length = [...read(form, "username")].length;
      if (length > 0 && (length < SHORTEST_NAME || length > LONGEST_NAME)) {
        found.username = t("error.reason_between", { least: SHORTEST_NAME, most: LONGEST_NAME });
      }
      if (password && !isLong(password)) {
        found.password = t("error.reason_between", { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD });
      }
      return found;
    },
    place: (error) => {
      if (codeOf(error) === "conflict") return takenIn(error, t);
      const refusal = refusalOf(error);
      return refusal?.field ? { [refusal.field]: refusal.reason } : null;
    },
    act: async (form) => {
      const username = read(form, "username");
      const display_name = read(form, "display_name") || username;
      await register({ username, display_name, password: read(form, "password") });
      navigate(invitation() ? "/join" : "/", { replace: true });
    },
  });
  return (
    <form {...form}>
      <Alert>{failure}</Alert>
      <Field
        label={t("account.display_name")}
        hint={t("account.display_name_hint")}
        error={errors.display_name ?? null}
        name="display_name"
        autoComplete="name"
        autoFocus
      />
      <Field
        label={t("account.username")}
        hint={t("account.username_hint")}
        error={errors.username ?? null}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        onChange={(event) => setUsername(event.target.value)}
      />
      <PasswordField
        autoComplete="new-password"
        hint={password ? <PasswordRules password={password} username={username} /> : t("account.password_hint")}
        error={errors.password}
        onType={setPassword}
      />
      <button type="submit" className="button primary wide" disabled={busy}>
        {t("account.register")}
      </button>
    </form>
  );
}

/** Two fields can be somebody else's; the server's sentence begins with the one that is. */
function takenIn(error: unknown, t: Translate): Errors {
  const is_display_name = error instanceof ApiError && error.body.message.startsWith("display_name");
  return is_display_name ? { display_name: t("account.looks_taken") } : { username: t("account.taken") };
}

function lacking(form: FormData, names: string[], words: string): Errors {
  return Object.fromEntries(names.filter((name) => !read(form, name)).map((name) => [name, words]));
}

function codeOf(error: unknown): string | null {
  return error instanceof ApiError ? error.body.code : null;
}

/** A password is taken as it is, all else without the blanks around it; macOS types decomposed Hangul. */
function read(form: FormData, name: string): string {
  const value = String(form.get(name) ?? "").normalize("NFC");
  return name === "password" ? value : value.trim();
}
