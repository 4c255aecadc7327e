/** Where a room stands in one's list: among the favourites, in a section, or in a new one. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Menu, MenuChoices, MenuItem, MenuLine } from "@/components/menu";
import { NewSectionDialog } from "@/components/section-name-dialog";
import { setMine } from "@/lib/chat/mine";
import { moveToSection, sectionKey, useSectionNames } from "@/lib/chat/sections";
import { explain, useT } from "@/lib/i18n";
import type { Room } from "@/lib/protocol";
import { stayAtRoom } from "./list-focus";

// No section has such a name: the ends of a name are trimmed.
const NONE = " none";

export default function RoomMenu({ room, label }: { room: Room; label: string }) {
  const t = useT();
  const names = useSectionNames();
  const [naming, setNaming] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const home = room.kind === "channel" ? "channels" : "directs";
  const stay = (section: string | null) => stayAtRoom(room.id, section === null ? home : sectionKey(section));
  const move = async (section: string | null) => {
    await moveToSection(room.id, section);
    stay(section);
  };
  const favour = async (favourite: boolean) => {
    await setMine(room.id, { favourite });
    if (favourite) stayAtRoom(room.id, "favourites");
    else stay(room.section ?? null);
  };
  const set = (change: Promise<void>) => {
    setFailure(null);
    change.catch((error) => setFailure(explain(error)));
  };
  return (
    <>
      <Menu label={label} icon="more">
        <MenuItem onChoose={() => set(favour(!room.favourite))}>
          {t(room.favourite ? "sections.no_favourite" : "sections.favourite")}
        </MenuItem>
        <MenuLine />
        <MenuChoices
          title={t("sections.move")}
          value={room.favourite ? "" : (room.section ?? NONE)}
          options={[...names.map((name) => ({ value: name, label: name })), { value: NONE, label: t("sections.none") }]}
          onChoose={(name) => set(move(name === NONE ? null : name))}
        />
        <MenuItem onChoose={() => setNaming(true)}>{t("sections.new")}</MenuItem>
      </Menu>
      <Alert>{failure}</Alert>
      {naming && <NewSectionDialog onName={move} onClose={() => setNaming(false)} />}
    </>
  );
}
