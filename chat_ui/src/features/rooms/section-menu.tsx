/** What may be done with a section of one's own as a whole. */
import { useState } from "react";
import { Alert } from "@/components/alert";
import { Menu, MenuItem } from "@/components/menu";
import { SectionNameDialog } from "@/components/section-name-dialog";
import { renameSection, sectionKey } from "@/lib/chat/sections";
import { explain, useT } from "@/lib/i18n";
import { stayAtSection } from "./list-focus";

export default function SectionMenu({ name, label }: { name: string; label: string }) {
  const t = useT();
  const [naming, setNaming] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const rename = async (after: string) => {
    await renameSection(name, after);
    stayAtSection(sectionKey(after));
  };
  const remove = async () => {
    setFailure(null);
    try {
      await renameSection(name, null);
      stayAtSection("channels");
    } catch (error) {
      setFailure(explain(error));
    }
  };
  return (
    <>
      <Menu label={label} icon="more">
        <MenuItem onChoose={() => setNaming(true)}>{t("sections.rename")}</MenuItem>
        <MenuItem onChoose={remove}>{t("sections.remove")}</MenuItem>
      </Menu>
      <Alert>{failure}</Alert>
      {naming && (
        <SectionNameDialog
          title={t("sections.rename_title", { name })}
          act={t("sections.rename_now")}
          name={name}
          onName={rename}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}
