/** Who one is here, what one says of oneself for now, and the ways to the settings and out. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { PersonFace } from "@/components/person-face";
import { useAppearance } from "@/lib/chat/presence";
import { explain, useT } from "@/lib/i18n";
import { userName, useUser } from "@/lib/names";
import { openOverlay } from "@/lib/overlay";
import { IS_MAC } from "@/lib/platform";
import { usePresenceWords } from "@/lib/presence-words";
import type { User } from "@/lib/protocol";
import { navigate, settingsPath } from "@/lib/router";
import { useStatus } from "@/lib/status";
import styles from "./account-button.module.css";
import { leave, losesAtSignOut } from "./leave";
import { PresenceChoice } from "./presence-choice";
import StatusForm from "./status-form";

interface Props {
  user: User;
  onClose: () => void;
  /** Asks first, where signing out loses something. */
  onAsk: () => void;
}

export default function AccountCard({ user, onClose, onAsk }: Props) {
  const t = useT();
  const known = useUser(user.id) ?? user;
  const status = useStatus(known);
  const words = usePresenceWords(useAppearance(user.id));
  const [writes_status, setWritesStatus] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const go = (act: () => void) => {
    onClose();
    act();
  };
  const signOut = () => {
    if (losesAtSignOut(user.id)) onAsk();
    else leave(user.id).catch((error) => setFailure(explain(error)));
  };
  return (
    <Dialog title={t("account.title")} onClose={onClose} className={styles.card}>
      <div className={styles.person}>
        <PersonFace id={user.id} user={known} size="large" />
        <div className={styles.person_words}>
          <strong>{userName(known)}</strong>
          <p className="soft">
            @{user.username}
            {words && `, ${words}`}
          </p>
        </div>
      </div>
      {writes_status ? (
        <StatusForm user={known} />
      ) : (
        <button type="button" className={styles.status} onClick={() => setWritesStatus(true)}>
          {status?.emoji ? <span aria-hidden="true">{status.emoji}</span> : <Icon name="emoji" />}
          <span className={status ? "ellipsis" : "soft ellipsis"}>{status?.text || t("people.status_text")}</span>
          <span className="only-read-out">{t("people.status")}</span>
        </button>
      )}
      <PresenceChoice me={user.id} />
      <Alert>{failure}</Alert>
      <div className={styles.ways}>
        <button type="button" aria-keyshortcuts="Control+," onClick={() => go(() => navigate(settingsPath()))}>
          <Icon name="settings" /> {t("preferences.title")}
          <span aria-hidden="true">
            <kbd>{IS_MAC ? "⌘" : "Ctrl"}</kbd> <kbd>,</kbd>
          </span>
        </button>
        <button type="button" aria-keyshortcuts="?" onClick={() => go(() => openOverlay("keyboard"))}>
          <Icon name="keyboard" /> {t("keys.open")}
          <span aria-hidden="true">
            <kbd>?</kbd>
          </span>
        </button>
        <hr />
        <button type="button" onClick={signOut}>
          <Icon name="leave" /> {t("account.sign_out")}
        </button>
      </div>
    </Dialog>
  );
}
