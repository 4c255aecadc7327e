/** Words about people: whether they are there, what they do and say of themselves, in English. */
export const people = {
  "people.online": "Online",
  "people.away": "Away",
  "people.dnd": "Do not disturb",
  "people.offline": "Offline",
  "people.last_seen": "Last seen {{time}}",
  "people.just_now": "just now",
  "people.typing_alone": "{{name}} is typing",
  "people.typing_two": "{{name}} and {{other}} are typing",
  "people.typing_several": "Several people are typing",
  "people.read_by": "Read by {{names}}",
  "people.read_by_more_one": "Read by {{names}} and {{count}} more",
  "people.read_by_more_other": "Read by {{names}} and {{count}} more",
};
