/** How one is called, and what else others see of one. */
import { type FormEvent, type ReactNode, useState } from "react";
import { Avatar } from "@/components/avatar";
import { Field } from "@/components/field";
import { ApiError, call } from "@/lib/api";
import { explain, refusalOf, useT } from "@/lib/i18n";
import { userName, useUser } from "@/lib/names";
import { learn } from "@/lib/people";
import type { ChangeMeBody, Profile, User } from "@/lib/protocol";
import styles from "./preferences.module.css";
import { Section } from "./section";

export function ProfileSection({ user, children }: { user: User; children: ReactNode }) {
  const t = useT();
  const known = useUser(user.id) ?? user;
  return (
    <Section title={t("preferences.profile")}>
      <div className={styles.me}>
        <Avatar id={user.id} user={known} size="huge" />
        <div>
          <strong>{userName(known)}</strong>
          <p className="soft">@{user.username}</p>
        </div>
      </div>
      <div className={styles.names}>
        <Line
          key={known.display_name}
          label={t("account.display_name")}
          stored={known.display_name}
          longest={80}
          is_needed
          save={(display_name) => change({ display_name })}
        />
        <Line
          key={known.title}
          label={t("preferences.work")}
          stored={known.title ?? ""}
          longest={80}
          save={(title) => change({ title: title || null })}
        />
      </div>
      {children}
    </Section>
  );
}

interface LineProps {
  label: string;
  stored: string;
  longest: number;
  is_needed?: boolean;
  save: (text: string) => Promise<void>;
}

/** A line of text that is saved when one leaves it, or by Enter. */
function Line({ label, stored, longest, is_needed = false, save }: LineProps) {
  const t = useT();
  const [text, setText] = useState(stored);
  const [failure, setFailure] = useState<string | null>(null);
  const keep = async (event?: FormEvent) => {
    event?.preventDefault();
    const wanted = text.normalize("NFC").trim();
    if (wanted === stored) return setFailure(null);
    if (is_needed && !wanted) return setFailure(t("error.reason_empty"));
    try {
      await save(wanted);
      setFailure(null);
    } catch (error) {
      const taken = error instanceof ApiError && error.body.code === "conflict";
      setFailure(taken ? t("account.looks_taken") : (refusalOf(error)?.reason ?? explain(error)));
    }
  };
  return (
    <form onSubmit={keep}>
      <Field
        label={label}
        error={failure}
        value={text}
        maxLength={longest}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onBlur={() => void keep()}
      />
    </form>
  );
}

async function change(changes: ChangeMeBody): Promise<void> {
  learn([await call<Profile>("PATCH", "/api/users/me", changes)]);
}
