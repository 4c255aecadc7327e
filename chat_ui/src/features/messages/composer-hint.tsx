/** What is to be known of the text that one writes: that it is too long, how much is left, that it is kept, else the keys. */
import { useEffect, useState } from "react";
import { useT } from "@/lib/i18n";
import { clockTime } from "@/lib/i18n/time-words";

// Who pauses so long may want to know whether they can leave.
const SETTLED_MILLISECONDS = 2_000;

interface Props {
  excess: number;
  left: number | null;
  is_lost: boolean;
  /** When the draft was stored last; null where it is not. */
  kept_at: Date | null;
}

export function ComposerHint({ excess, left, is_lost, kept_at }: Props) {
  const t = useT();
  const settled = useSettled(kept_at);
  if (excess > 0) return <strong role="alert">{t("messages.too_long", { count: excess })}</strong>;
  if (left !== null) return <span data-left>{t("messages.left", { count: left })}</span>;
  if (is_lost) return t("messages.drafts_kept");
  if (settled) return t("messages.draft_kept", { time: clockTime(settled) });
  // What stands between the stars are the keys.
  return (
    <>
      {t("messages.keys")
        .split("**")
        .map((part, index) => (index % 2 === 1 ? <b key={part}>{part}</b> : part))}
    </>
  );
}

/** Return the moment once no later one came for a while, else null. */
function useSettled(at: Date | null): Date | null {
  const [settled, setSettled] = useState<Date | null>(null);
  useEffect(() => {
    if (!at) return;
    const timer = setTimeout(() => setSettled(at), SETTLED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [at]);
  return settled === at ? at : null;
}
