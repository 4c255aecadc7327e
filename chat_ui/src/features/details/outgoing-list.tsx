/** The webhooks of a room, for its moderators: how each is, and what can be done with it. */
import { useEffect, useState } from "react";
import { Alert } from "@/components/alert";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ApiError } from "@/lib/api";
import { listOutgoing, partsOf, removeOutgoing, renewSecret, resumeOutgoing, tryOutgoing } from "@/lib/chat/outgoing";
import { explain, useT } from "@/lib/i18n";
import { momentName, shortTime } from "@/lib/i18n/time-words";
import { useUserName } from "@/lib/names";
import type { Outgoing, Room } from "@/lib/protocol";
import styles from "./details.module.css";
import OutgoingDialog from "./outgoing-dialog";
import { ShownOnce } from "./shown-once";

export function OutgoingList({ room }: { room: Room }) {
  const t = useT();
  const [items, setItems] = useState<Outgoing[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round asks again.
  useEffect(() => {
    let outdated = false;
    listOutgoing(room.id)
      .then((found) => !outdated && setItems(found))
      .catch((error) => !outdated && setFailure(explain(error)));
    return () => {
      outdated = true;
    };
  }, [room.id, round]);
  const anew = () => setRound((before) => before + 1);
  return (
    <section className={styles.settings} aria-label={t("outgoing.title")}>
      <h3>{t("outgoing.title")}</h3>
      <Alert>{failure}</Alert>
      <p className="soft">{t("outgoing.about")}</p>
      {items.length > 0 && (
        <ul className={styles.hooks}>
          {items.map((hook) => (
            <Hook key={hook.id} hook={hook} room_id={room.id} onChange={anew} />
          ))}
        </ul>
      )}
      {!room.archived && (
        <button type="button" className="button" onClick={() => setAdding(true)}>
          {t("outgoing.add")}
        </button>
      )}
      {adding && <OutgoingDialog room_id={room.id} onMade={anew} onClose={() => setAdding(false)} />}
    </section>
  );
}

function Hook({ hook, room_id, onChange }: { hook: Outgoing; room_id: string; onChange: () => void }) {
  const t = useT();
  const [said, setSaid] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const act = async (work: () => Promise<unknown>) => {
    setSaid(null);
    setFailure(null);
    try {
      await work();
    } catch (error) {
      const too_soon = error instanceof ApiError && error.body.code === "rate_limited";
      setFailure(too_soon ? t("outgoing.test_too_soon") : explain(error));
    }
  };
  const test = () =>
    act(async () => {
      const { delivered, error } = await tryOutgoing(room_id, hook.id);
      setSaid(delivered ? t("outgoing.test_taken") : t("outgoing.test_failed", { error }));
    });
  const resume = () =>
    act(async () => {
      await resumeOutgoing(room_id, hook.id);
      onChange();
    });
  const renew = () => act(async () => setSecret(await renewSecret(room_id, hook.id)));
  const remove = async () => {
    await removeOutgoing(room_id, hook.id);
    onChange();
  };
  return (
    <li>
      <code className={styles.address}>{hook.url}</code>
      <p className="soft">
        {partsOf(hook)
          .map((part) => t(`outgoing.wants_${part}`))
          .join(" · ")}
      </p>
      <Standing hook={hook} />
      <p className="soft" role="status">
        {said}
      </p>
      <Alert>{failure}</Alert>
      {secret && <ShownOnce label={t("outgoing.secret")} text={secret} />}
      <div className={styles.ways}>
        {hook.state === "paused" && (
          <button type="button" className="button small" onClick={resume}>
            {t("outgoing.resume")}
          </button>
        )}
        <button type="button" className="button small" onClick={test}>
          {t("outgoing.test")}
        </button>
        <button type="button" className="button small" onClick={renew}>
          {t("outgoing.renew")}
        </button>
        <button type="button" className="button small" onClick={() => setRemoving(true)}>
          {t("outgoing.remove")}
        </button>
      </div>
      {removing && (
        <ConfirmDialog
          title={t("outgoing.remove_sure")}
          act={t("outgoing.remove")}
          onAct={remove}
          onClose={() => setRemoving(false)}
        >
          <p className={styles.address}>{hook.url}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

/** How it is: well, failing since a while, or paused and why. */
function Standing({ hook }: { hook: Outgoing }) {
  const t = useT();
  const by = useUserName(hook.by);
  const now = new Date();
  if (hook.state === "paused") {
    return (
      <p className={styles.note}>
        {t(`outgoing.paused_${hook.reason ?? "failing"}`, { name: by })}
        {hook.error && ` ${t("outgoing.last_error", { error: hook.error })}`}
      </p>
    );
  }
  if (hook.next_at) {
    return (
      <p className={styles.note}>
        {t("outgoing.failing", { count: hook.failures })} {t("outgoing.last_error", { error: hook.error })}{" "}
        {t("outgoing.next", { when: momentName(new Date(hook.next_at), now) })}
      </p>
    );
  }
  return (
    <p className="soft">
      {hook.delivered_at
        ? t("outgoing.delivered", { when: shortTime(new Date(hook.delivered_at), now) })
        : t("outgoing.none_yet")}{" "}
      · {t("details.link_by", { name: by })}
    </p>
  );
}
