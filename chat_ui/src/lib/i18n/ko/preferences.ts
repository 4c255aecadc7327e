/** Words for the preferences, in Korean. */
import type { preferences as english } from "../en/preferences";

export const preferences: Record<keyof typeof english, string> = {
  "preferences.title": "설정",
  "preferences.saved": "바꾸면 바로 저장됩니다",
  "preferences.you": "나",
  "preferences.extras": "그 밖에",
  "preferences.profile": "프로필",
  "preferences.work": "하는 일",
  "preferences.notices": "알림",
  "preferences.keys_list": "키보드로 할 수 있는 모든 것",
  "preferences.look": "화면",
  "preferences.language": "언어와 시간",
  "preferences.language_foreign": "Language",
  "preferences.time": "시간 표시",
  "preferences.time_24": "24시간제, {{example}}",
  "preferences.time_12": "12시간제, {{example}}",
  "preferences.text_size": "글자 크기",
  "preferences.motion": "움직임 줄이기",
  "preferences.motion_about": "여기서 바꾸지 않으면 시스템 설정을 따라요",
  "preferences.zone": "시간대",
  "preferences.zone_now": "지금 그곳은 {{time}}",
  "preferences.zone_device": "이 기기와 같게 ({{zone}})",
  "preferences.keys": "키보드",
  "preferences.single_keys": "한 글자 단축키",
  "preferences.single_keys_about": "고른 메시지에 쓰는 글자 키, 그리고 단축키 목록을 여는 ?",
};
