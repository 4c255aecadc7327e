/** Words for one's e-mail address, in Korean. */
import type { email as english } from "../en/email";

export const email: Record<keyof typeof english, string> = {
  "email.title": "이메일",
  "email.about": "ChatFlow가 이 주소로 소식을 보내요. 다른 사람에게는 보이지 않아요.",
  "email.address": "이메일 주소",
  "email.give": "링크 보내기",
  "email.change": "바꾸기",
  "email.remove": "지우기",
  "email.confirmed": "확인됨",
  "email.waiting": "확인을 기다려요. 24시간 안에 메일의 링크를 열어 주세요.",
  "email.send_again": "다시 보내기",
  "email.sent_again": "다시 보냈어요. 스팸함도 살펴봐 주세요.",
  "email.refused": "메일 서버가 모르는 주소예요. 주소를 다시 확인해 주세요.",
  "email.confirm": "이메일 주소를 확인해 주세요",
  "email.confirm_note": "확인하면 요청한 계정의 메일을 이 주소로 받아요.",
  "email.confirm_act": "주소 확인하기",
  "email.confirm_done": "주소를 확인했어요",
  "email.confirm_done_note": "이 페이지를 닫아도 돼요.",
  "email.confirm_no_good": "더는 쓸 수 없는 링크예요",
  "email.confirm_no_good_note": "이미 썼거나 24시간이 지났어요. 설정에서 새 링크를 받을 수 있어요.",
  "email.confirm_taken": "다른 계정의 주소예요",
  "email.confirm_taken_note": "그 계정도 내 것이라면 먼저 거기서 주소를 지워 주세요.",
  "email.to_settings": "설정으로",
  "email.to_chat": "ChatFlow로",
};
