/** A password that can be looked at while typing it. */
import { useState } from "react";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";

export function PasswordField(props: { autoComplete: string; hint?: string; minLength?: number }) {
  const t = useT();
  const [shown, setShown] = useState(false);
  const toggle = (
    <button type="button" className="text-button" onClick={() => setShown(!shown)}>
      <Icon name={shown ? "hide" : "show"} small /> {t(shown ? "account.hide_password" : "account.show_password")}
    </button>
  );
  return (
    <Field
      label={t("account.password")}
      name="password"
      type={shown ? "text" : "password"}
      required
      beside={toggle}
      {...props}
    />
  );
}
