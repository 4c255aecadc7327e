/** What one says of oneself for now: an emoji, a few words, and when they are taken away. */
import { type FormEvent, useId, useState } from "react";
import { Alert } from "@/components/alert";
import { Select } from "@/components/select";
import { call } from "@/lib/api";
import { explain, useT } from "@/lib/i18n";
import { learn } from "@/lib/people";
import type { ChangeMeBody, Profile, User } from "@/lib/protocol";
import { ENDS, type End, endOf, useStatus } from "@/lib/status";
import styles from "./status-form.module.css";

const OFFERED = ["💬", "🎧", "🍽️", "🏠", "🌴", "🤒"];
const TEXT_LENGTH = 100;

export default function StatusForm({ user }: { user: User }) {
  const t = useT();
  const id = useId();
  const status = useStatus(user);
  const [emoji, setEmoji] = useState(status?.emoji ?? "");
  const [text, setText] = useState(status?.text ?? "");
  const [end, setEnd] = useState<End>("never");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const change = async (wanted: ChangeMeBody["status"]) => {
    setBusy(true);
    setFailure(null);
    try {
      learn([await call<Profile>("PATCH", "/api/users/me", { status: wanted } satisfies ChangeMeBody)]);
    } catch (error) {
      setFailure(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const set = (event: FormEvent) => {
    event.preventDefault();
    const until = endOf(end, new Date())?.toISOString();
    void change({ emoji: emoji || null, text: text.normalize("NFC").trim() || null, until: until ?? null });
  };
  const clear = () => {
    setEmoji("");
    setText("");
    setEnd("never");
    void change(null);
  };
  const offered = emoji && !OFFERED.includes(emoji) ? [emoji, ...OFFERED] : OFFERED;
  return (
    <form className={styles.form} onSubmit={set}>
      <label htmlFor={`${id}-text`}>{t("people.status")}</label>
      <Alert>{failure}</Alert>
      <fieldset className={styles.emoji}>
        <legend className="only-read-out">{t("people.status_emoji")}</legend>
        {offered.map((one) => (
          <button
            key={one}
            type="button"
            aria-label={one}
            aria-pressed={one === emoji}
            onClick={() => setEmoji(one === emoji ? "" : one)}
          >
            <span aria-hidden="true">{one}</span>
          </button>
        ))}
      </fieldset>
      <input
        id={`${id}-text`}
        value={text}
        maxLength={TEXT_LENGTH}
        autoComplete="off"
        placeholder={t("people.status_text")}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={styles.end}>
        <label htmlFor={`${id}-end`}>{t("people.status_end")}</label>
        <Select
          id={`${id}-end`}
          value={end}
          options={ENDS.map((value) => ({ value, label: t(`people.end_${value}`) }))}
          onChoose={setEnd}
        />
        {status && (
          <button type="button" className="button small" disabled={busy} onClick={clear}>
            {t("people.status_clear")}
          </button>
        )}
        <button type="submit" className="button small" disabled={busy || !(emoji || text.trim())}>
          {t("people.status_set")}
        </button>
      </div>
    </form>
  );
}
