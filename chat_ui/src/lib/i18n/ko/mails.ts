/** Words for the mails about what one has not read, in Korean. */
import type { mails as english } from "../en/mails";

export const mails: Record<keyof typeof english, string> = {
  "mails.title": "이메일로 받기",
  "mails.none_sent": "이 ChatFlow에는 메일 서버가 없어서, 읽지 않은 알림을 메일로 보내지 않습니다.",
  "mails.no_address": "아직 확인된 주소가 없습니다.",
  "mails.give_address": "주소 등록하기",
  "mails.goes_to": "받는 곳",
  "mails.mode": "읽지 않은 알림",
  "mails.mode_unread": "얼마 뒤",
  "mails.mode_daily": "매일",
  "mails.mode_weekly": "매주",
  "mails.mode_none": "받지 않음",
  "mails.about_unread": "한 통에 모아서 보내고, 그사이 읽은 것은 보내지 않습니다",
  "mails.about_daily": "알릴 것이 있으면 매일 아침 9시에 보냅니다",
  "mails.about_weekly": "알릴 것이 있으면 월요일 아침 9시에 보냅니다",
  "mails.about_none": "소식은 받은함에 있습니다",
  "mails.delay": "읽지 않은 채로 지난 시간",
  "mails.minutes_one": "{{count}}분",
  "mails.minutes_other": "{{count}}분",
  "mails.hours_one": "{{count}}시간",
  "mails.hours_other": "{{count}}시간",
};
