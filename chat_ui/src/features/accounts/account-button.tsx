/** The signed-in person at the foot of the rail, and what they can do about their account. */
import { useState } from "react";
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
import { type Overlay, openOverlay } from "@/lib/overlay";
import type { User } from "@/lib/protocol";
import { navigate } from "@/lib/router";
import { signOut } from "@/lib/session";
import { countUnsaved } from "@/lib/unsaved";
import styles from "./account-button.module.css";
import { PresenceChoice } from "./presence-choice";
import { StatusForm } from "./status-form";

export function AccountButton({ user }: { user: User }) {
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
      {open && <AccountDialog user={user} onClose={() => setOpen(false)} />}
    </>
  );
}

function AccountDialog({ user, onClose }: { user: User; onClose: () => void }) {
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
  const open = (overlay: Overlay) => {
    onClose();
    openOverlay(overlay);
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
      </div>
      <div className={styles.ways}>
        <button type="button" className="button" onClick={() => open("preferences")}>
          <Icon name="settings" small /> {t("preferences.title")}
        </button>
        <button type="button" className="button" onClick={() => open("keyboard")}>
          <Icon name="keyboard" small /> {t("keys.open")}
        </button>
      </div>
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
