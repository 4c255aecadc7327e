/** What a moderator may do about one member, beside the role. */
import { Menu, MenuItem, MenuLine } from "@/components/menu";
import { muteMember } from "@/lib/chat/membership";
import { useT } from "@/lib/i18n";

const HOUR = 3_600_000;

interface Props {
  room_id: string;
  user_id: string;
  label: string;
  onRemove: () => void;
  onBan: () => void;
  onFailure: (error: unknown) => void;
}

export default function MemberMenu({ room_id, user_id, label, onRemove, onBan, onFailure }: Props) {
  const t = useT();
  const mute = (until?: string | null) => void muteMember(room_id, user_id, until).catch(onFailure);
  const later = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
  return (
    <Menu label={label} icon="more">
      <MenuItem onChoose={() => mute(later(1))}>{t("details.mute_hour")}</MenuItem>
      <MenuItem onChoose={() => mute(later(24))}>{t("details.mute_day")}</MenuItem>
      <MenuItem onChoose={() => mute(undefined)}>{t("details.mute_forever")}</MenuItem>
      <MenuItem onChoose={() => mute(null)}>{t("details.unmute")}</MenuItem>
      <MenuLine />
      <MenuItem onChoose={onRemove}>{t("details.remove_now")}</MenuItem>
      <MenuItem onChoose={onBan}>{t("details.ban")}</MenuItem>
    </Menu>
  );
}
