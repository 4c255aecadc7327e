/** Where a room stands in one's list: among the favourites, in a section, or in a new one. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Menu, MenuChoices, MenuItem, MenuLine } from "@/components/menu";
import { NewSectionDialog } from "@/components/section-name-dialog";
import { setMine } from "@/lib/chat/mine";
import { moveToSection, useSectionNames } from "@/lib/chat/sections";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";

// No section has such a name: the ends of a name are trimmed.
const NONE = " none";

export default function RoomMenu({ room, label }: { room: Room; label: string }) {
  const t = useT();
  const names = useSectionNames();
  const [naming, setNaming] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const set = (change: Promise<void>) => {
    setFailure(null);
    change.catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <Menu label={label} icon="more">
        <MenuItem onChoose={() => set(setMine(room.id, { favourite: !room.favourite }))}>
          {t(room.favourite ? "sections.no_favourite" : "sections.favourite")}
        </MenuItem>
        <MenuLine />
        <MenuChoices
          title={t("sections.move")}
          value={room.favourite ? "" : (room.section ?? NONE)}
          options={[...names.map((name) => ({ value: name, label: name })), { value: NONE, label: t("sections.none") }]}
          onChoose={(name) => set(moveToSection(room.id, name === NONE ? null : name))}
        />
        <MenuItem onChoose={() => setNaming(true)}>{t("sections.new")}</MenuItem>
      </Menu>
      <Alert>{failure}</Alert>
      {naming && <NewSectionDialog room_id={room.id} onClose={() => setNaming(false)} />}
    </>
  );
}
