/** Makes a link that lets people into a room; it is shown this once, for the server keeps only its hash. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { makeInvitation } from "@/lib/chat/membership";
import { explain, useT } from "@/lib/i18n";
import { invitationLink } from "@/lib/invitation";
import type { Room } from "@/lib/protocol";
import styles from "./details.module.css";
import { ShownOnce } from "./shown-once";

const USES = 25;
const DAYS = 7;

export function InvitationLink({ room, onMade }: { room: Room; onMade?: () => void }) {
  const t = useT();
  const [link, setLink] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setFailure(null);
    try {
      setLink(invitationLink(await makeInvitation(room.id, { uses: USES, days: DAYS })));
      onMade?.();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <section className={styles.link}>
      <h3>{t("details.link")}</h3>
      <Alert>{failure}</Alert>
      {link ? (
        <ShownOnce label={t("details.link")} text={link} />
      ) : (
        <button type="button" className="button" disabled={busy} onClick={make}>
          {t("details.make_link")}
        </button>
      )}
      <p className="soft">{t("details.link_works", { days: DAYS, count: USES })}</p>
    </section>
  );
}
