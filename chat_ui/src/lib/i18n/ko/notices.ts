/** Words for what calls the person, in Korean. */
import type { notices as english } from "../en/notices";

export const notices: Record<keyof typeof english, string> = {
  "notice.mention": "{{name}} 님이 {{room}}에서 나를 언급했습니다",
  "notice.direct": "{{name}} 님이 메시지를 보냈습니다",
  "notice.reply": "{{name}} 님이 {{room}}에서 답했습니다",
  "notice.invitation": "{{room}}에 추가되었습니다",
  "notice.other": "{{room}}에 새 소식이 있습니다",
  "notice.region": "알림",
  "notice.somebody": "누군가",
  "notice.dismiss": "닫기",

  "toast.region": "방금 한 일",
  "toast.undo": "되돌리기",
  "toast.read_one": "메시지 1개를 읽음으로 표시했습니다",
  "toast.read_other": "메시지 {{count}}개를 읽음으로 표시했습니다",
  "toast.unread": "이 메시지부터 읽지 않음으로 표시했습니다",
  "toast.archived": "{{room}}의 대화를 보관했습니다",
  "toast.favourite": "{{room}}의 즐겨찾기를 해제했습니다",
};
