/** Words for what calls the person, in English. */
export const notices = {
  "notice.mention": "{{name}} mentioned you in {{room}}",
  "notice.direct": "{{name}} wrote to you",
  "notice.reply": "{{name}} answered you in {{room}}",
  "notice.invitation": "You were added to {{room}}",
  "notice.keyword": "{{name}} wrote one of your keywords in {{room}}",
  "notice.burst_one": "One notification in {{room}}",
  "notice.burst_other": "{{count}} notifications in {{room}}",
  "notice.other": "News in {{room}}",
  "notice.region": "Notices",
  "notice.somebody": "Somebody",
  "notice.dismiss": "Dismiss",

  "desktop.on": "On this device",
  "desktop.on_about": "For what calls you, while no tab of ChatFlow is looked at",
  "desktop.text": "Show the text of messages",
  "desktop.sound": "Play a soft tone",
  "desktop.offer": "Somebody called you. Be told on this device while you look elsewhere?",
  "desktop.turn_on": "Turn on",
  "desktop.later": "Not now",
  "desktop.denied":
    "This browser keeps ChatFlow from notifying you. Allow it in the site’s settings, by the sign beside the address.",
  "desktop.unsupported":
    "This browser has no notifications here. They need https, and on some phones the installed app.",

  "toast.region": "Done just now",
  "toast.undo": "Undo",
  "toast.read_one": "One message marked as read",
  "toast.read_other": "{{count}} messages marked as read",
  "toast.unread": "Left unread from this message",
  "toast.archived": "{{room}} is archived",
  "toast.favourite": "{{room}} is no favourite any more",
};
