/** How one appears to others, on every device. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Choice } from "@/components/choice";
import { choiceOf, choosePresence, type Choice as Presence, useAppearance } from "@/lib/chat/presence";
import { explain, useT } from "@/lib/i18n";

const CHOICES: Presence[] = ["online", "away", "dnd", "invisible"];

export function PresenceChoice({ me }: { me: string }) {
  const t = useT();
  const chosen = choiceOf(useAppearance(me));
  const [failure, setFailure] = useState<string | null>(null);
  // Without a connection nobody is told.
  if (!chosen) return null;
  const choose = (presence: Presence) => {
    setFailure(null);
    choosePresence(presence).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <Alert>{failure}</Alert>
      <Choice
        label={t("people.presence")}
        value={chosen}
        options={CHOICES.map((one) => ({ value: one, label: t(`people.${one}`) }))}
        onChoose={choose}
      />
    </>
  );
}
