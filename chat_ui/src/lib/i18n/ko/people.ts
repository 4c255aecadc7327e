/** Words about people: whether they are there, what they do and say of themselves, in Korean. */
import type { people as english } from "../en/people";

export const people: Record<keyof typeof english, string> = {
  "people.online": "접속 중",
  "people.away": "자리 비움",
  "people.dnd": "방해 금지",
  "people.offline": "접속하지 않음",
  "people.last_seen": "마지막 접속 {{time}}",
  "people.just_now": "방금",
  "people.typing_alone": "{{name}} 님이 입력하고 있습니다",
  "people.typing_two": "{{name}} 님, {{other}} 님이 입력하고 있습니다",
  "people.typing_several": "여러 사람이 입력하고 있습니다",
  "people.read_by": "읽은 사람: {{names}}",
  "people.read_by_more_one": "읽은 사람: {{names}} 외 {{count}}명",
  "people.read_by_more_other": "읽은 사람: {{names}} 외 {{count}}명",
};
