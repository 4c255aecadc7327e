/** What a notice says. */
import type { Translate } from "@/lib/i18n";
import type { Noticed } from "@/lib/protocol";

export function noticeWords(
  kind: Noticed["kind"],
  { name, room }: { name: string; room: string },
  t: Translate,
): string {
  switch (kind) {
    case "mention":
      return t("notice.mention", { name, room });
    case "direct":
      return t("notice.direct", { name });
    case "reply":
    case "thread":
      return t("notice.reply", { name, room });
    case "keyword":
      return t("notice.keyword", { name, room });
    case "invitation":
      return t("notice.invitation", { room });
    default:
      return t("notice.other", { room });
  }
}
