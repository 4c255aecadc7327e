/** Words for the preferences, in English. */
export const preferences = {
  "preferences.title": "Settings",
  "preferences.saved": "Changes are saved at once",
  "preferences.you": "You",
  "preferences.extras": "Extras",
  "preferences.profile": "Profile",
  "preferences.work": "What you do here",
  "preferences.notices": "Notifications",
  "preferences.keys_list": "Everything the keyboard does",
  "preferences.look": "Appearance",
  "preferences.language": "Language and time",
  "preferences.time": "Time",
  "preferences.time_24": "24 hours, {{example}}",
  "preferences.time_12": "12 hours, {{example}}",
  "preferences.keys": "Keyboard",
  "preferences.single_keys": "Single keys",
  "preferences.single_keys_about": "Letters that act on the message in focus, and ? for the list of keys",
};
