/** The signed-in person at the foot of the rail, and what they can do about their account. */
import { type ReactNode, useState } from "react";
import { Alert } from "@/components/alert";
import { Avatar } from "@/components/avatar";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { PersonFace } from "@/components/person-face";
import { clearStored, countDrafts } from "@/lib/chat/outbox-storage";
import { useChat } from "@/lib/chat/store";
import { explain, useT } from "@/lib/i18n";
import { forgetInvitation } from "@/lib/invitation";
import { userName, useUser } from "@/lib/names";
import { openOverlay } from "@/lib/overlay";
import type { User } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import { signOut } from "@/lib/session";
import { countUnsaved } from "@/lib/unsaved";
import styles from "./account-button.module.css";
import { DensityChoice, ThemeChoice } from "./appearance-choices";
import { LanguageChoice } from "./language-choice";
import { PresenceChoice } from "./presence-choice";
import { StatusForm } from "./status-form";

interface Props {
  user: User;
  /** What else is set for this browser. */
  settings?: ReactNode;
}

export function AccountButton({ user, settings }: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={styles.button}
        aria-haspopup="dialog"
        aria-label={t("account.menu", { name: userName(user) })}
        title={t("account.menu", { name: userName(user) })}
        onClick={() => setOpen(true)}
      >
        <PersonFace id={user.id} user={user} size="large" />
      </button>
      {open && <AccountDialog user={user} settings={settings} onClose={() => setOpen(false)} />}
    </>
  );
}

function AccountDialog({ user, settings, onClose }: Props & { onClose: () => void }) {
  const t = useT();
  const known = useUser(user.id) ?? user;
  const unsent = useChat(({ outbox }) => outbox.length);
  const [drafts] = useState(() => countDrafts(user.id) + countUnsaved());
  const [failure, setFailure] = useState<string | null>(null);
  const leave = async () => {
    setFailure(null);
    try {
      await signOut();
      clearStored(user.id);
      forgetInvitation();
      navigate("/", { replace: true });
    } catch (error) {
      setFailure(explain(error));
    }
  };
  const openKeyboard = () => {
    onClose();
    openOverlay("keyboard");
  };
  return (
    <Dialog title={t("account.title")} onClose={onClose}>
      <div className={styles.person}>
        <Avatar id={user.id} user={user} />
        <div>
          <strong>{userName(user)}</strong>
          <div className="soft">@{user.username}</div>
        </div>
      </div>
      <StatusForm user={known} />
      <div className={styles.choices}>
        <PresenceChoice me={user.id} />
        <LanguageChoice />
        <ThemeChoice />
        <DensityChoice />
      </div>
      {settings}
      <button type="button" className="button" onClick={openKeyboard}>
        <Icon name="keyboard" small /> {t("keys.open")}
      </button>
      {unsent > 0 && <p>{t("account.unsent", { count: unsent })}</p>}
      {drafts > 0 && <p>{t("account.drafts", { count: drafts })}</p>}
      <div className="actions">
        <Alert>{failure}</Alert>
        <button type="button" className={unsent + drafts > 0 ? "button danger" : "button"} onClick={leave}>
          {t(unsent + drafts > 0 ? "account.sign_out_anyway" : "account.sign_out")}
        </button>
      </div>
    </Dialog>
  );
}
