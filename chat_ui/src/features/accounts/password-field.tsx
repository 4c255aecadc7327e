/** A password that can be looked at while typing it. */
import { type ReactNode, useState } from "react";
import { Field } from "@/components/field";
import { Icon } from "@/components/icon";
import { useT } from "@/lib/i18n";

interface Props {
  autoComplete: string;
  hint?: ReactNode;
  error?: string | undefined;
  onType?: (password: string) => void;
}

export function PasswordField({ onType, error, ...props }: Props) {
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
      error={error ?? null}
      onChange={(event) => onType?.(event.target.value)}
      {...props}
    />
  );
}
