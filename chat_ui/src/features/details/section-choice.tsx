/** Where the room stands in one's own list, for those who do not drag it there. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Choice } from "@/components/choice";
import { NewSectionDialog } from "@/components/section-name-dialog";
import { moveToSection, useSectionNames } from "@/lib/chat/sections";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";

// No section has such a name: the ends of a name are trimmed.
const NEW = " new";

export function SectionChoice({ room }: { room: Room }) {
  const t = useT();
  const names = useSectionNames();
  const [naming, setNaming] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const choose = (chosen: string) => {
    setFailure(null);
    if (chosen === NEW) setNaming(true);
    else moveToSection(room.id, chosen || null).catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <Alert>{failure}</Alert>
      <Choice
        label={t("sections.in")}
        value={room.section ?? ""}
        options={[
          { value: "", label: t("sections.none") },
          ...names.map((name) => ({ value: name, label: name })),
          { value: NEW, label: t("sections.new") },
        ]}
        onChoose={choose}
      />
      {naming && <NewSectionDialog onName={(name) => moveToSection(room.id, name)} onClose={() => setNaming(false)} />}
    </>
  );
}
