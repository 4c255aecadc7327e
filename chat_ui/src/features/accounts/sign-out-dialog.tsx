/** Asks before signing out where that loses what was written here: messages that were not sent, and drafts. */
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Seal } from "@/components/seal";
import type { Unsent } from "@/lib/chat/outbox";
import { useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useRoomName } from "@/lib/names";
import { oneLine } from "@/lib/one-line";
import styles from "./account-button.module.css";
import { countBegun, leave } from "./leave";

// One knows by these what it is about.
const SHOWN = 5;

export default function SignOutDialog({ me, onClose }: { me: string; onClose: () => void }) {
  const t = useT();
  const outbox = useChat((chat) => chat.outbox);
  const [drafts] = useState(() => countBegun(me));
  const unsent = outbox.length;
  return (
    <ConfirmDialog
      title={unsent > 0 ? t("account.leave_unsent", { count: unsent }) : t("account.leave_drafts", { count: drafts })}
      act={t("account.sign_out_anyway")}
      keep={t(unsent > 0 ? "account.wait" : "account.stay")}
      onAct={() => leave(me)}
      onClose={onClose}
    >
      <p className="soft">
        {t("account.leave_why")} {unsent > 0 && drafts > 0 && t("account.drafts", { count: drafts })}
      </p>
      {unsent > 0 && (
        <ul className={styles.unsent}>
          {outbox.slice(0, SHOWN).map((one) => (
            <UnsentLine key={one.cid} unsent={one} me={me} />
          ))}
        </ul>
      )}
    </ConfirmDialog>
  );
}

function UnsentLine({ unsent, me }: { unsent: Unsent; me: string }) {
  const t = useT();
  const name = useRoomName(
    useChat(({ timelines }) => timelines[unsent.room_id]?.room),
    me,
  );
  const failed = unsent.state === "failed";
  return (
    <li>
      <Seal state={failed ? "failed" : "waiting"} label={t(failed ? "outbox.not_sent" : "messages.waiting")} />
      <span className="ellipsis">{oneLine(unsent.text)}</span>
      <span className="soft">{name}</span>
    </li>
  );
}
