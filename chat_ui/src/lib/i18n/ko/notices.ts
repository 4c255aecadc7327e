/** Words for what calls the person, in Korean. */
import type { notices as english } from "../en/notices";

export const notices: Record<keyof typeof english, string> = {
  "notice.mention": "{{name}} 님이 {{room}}에서 나를 언급했습니다",
  "notice.direct": "{{name}} 님이 메시지를 보냈습니다",
  "notice.reply": "{{name}} 님이 {{room}}에서 답했습니다",
  "notice.invitation": "{{room}}에 추가되었습니다",
  "notice.keyword": "{{name}} 님이 {{room}}에서 내 키워드를 썼습니다",
  "notice.burst_one": "{{room}}에서 온 알림 1개",
  "notice.burst_other": "{{room}}에서 온 알림 {{count}}개",
  "notice.other": "{{room}}에 새 소식이 있습니다",
  "notice.region": "알림",
  "notice.somebody": "누군가",
  "notice.dismiss": "닫기",

  "desktop.on": "이 기기에서 받기",
  "desktop.on_about": "ChatFlow를 보고 있지 않을 때, 나를 찾는 메시지만 알려 줍니다",
  "desktop.text": "메시지 내용 보이기",
  "desktop.sound": "짧은 소리로 알리기",
  "desktop.offer": "나를 찾는 메시지가 왔습니다. 다른 일을 하고 있을 때 이 기기로 알려 드릴까요?",
  "desktop.turn_on": "알림 켜기",
  "desktop.later": "나중에",
  "desktop.denied": "이 브라우저가 ChatFlow의 알림을 막고 있습니다. 주소 옆의 사이트 설정에서 알림을 허용해 주세요.",
  "desktop.unsupported":
    "이 브라우저에서는 알림을 쓸 수 없습니다. https 주소이거나, 휴대폰이라면 설치한 앱이어야 합니다.",

  "toast.region": "방금 한 일",
  "toast.undo": "되돌리기",
  "toast.read_one": "메시지 1개를 읽음으로 표시했습니다",
  "toast.read_other": "메시지 {{count}}개를 읽음으로 표시했습니다",
  "toast.unread": "이 메시지부터 읽지 않음으로 표시했습니다",
  "toast.archived": "{{room}} 대화방을 보관했습니다",
  "toast.favourite": "{{room}} 대화방을 즐겨찾기에서 뺐습니다",
};
