/**
 * Tells a screen reader that the connection is lost, once however many attempts to come back fail, and that it is back.
 * It stands once in the page, so that another room does not say it again.
 */
import { useEffect, useState } from "react";
import { type Back, useChat } from "@/lib/chat/store";
import { useT } from "@/lib/i18n";
import { useFound, useNetwork, useSettled } from "./outage";

export function ConnectionVoice() {
  const t = useT();
  const link = useChat((chat) => chat.link);
  const back = useChat((chat) => chat.back);
  const lost = useLost();
  return (
    <>
      <div className="only-read-out" aria-live="assertive">
        {lost && t(link === "ended" ? "link.ended" : "link.offline")}
      </div>
      <div className="only-read-out" aria-live="polite">
        {link === "online" && back && <BackWords back={back} />}
      </div>
    </>
  );
}

function BackWords({ back }: { back: Back }) {
  const t = useT();
  const { is_told, sent, left, missed } = useFound(back);
  // One sentence, when all of it is known.
  if (!is_told || left > 0) return null;
  const words = sent > 0 ? t("link.back_sent", { count: sent }) + t("link.all_on_disk") : t("link.back");
  return <>{missed > 0 ? `${words} ${t("link.missed", { count: missed })}` : words}</>;
}

/** Return true from when the connection is surely lost until it is back; the first attempt of a page loses nothing. */
function useLost(): boolean {
  const away = useChat((chat) => chat.link !== "online");
  const failed = useChat((chat) => chat.link === "offline" || chat.link === "ended");
  const network = useNetwork();
  const settled = useSettled(away);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (!away) setLost(false);
    else if (!network || (settled && failed)) setLost(true);
  }, [away, failed, network, settled]);
  return lost;
}
