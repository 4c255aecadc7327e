/** Words for what calls the person, in English. */
export const notices = {
  "notice.mention": "{{name}} mentioned you in {{room}}",
  "notice.direct": "{{name}} wrote to you",
  "notice.reply": "{{name}} answered you in {{room}}",
  "notice.invitation": "You were added to {{room}}",
  "notice.other": "News in {{room}}",
  "notice.region": "Notices",
  "notice.somebody": "Somebody",
  "notice.dismiss": "Dismiss",

  "toast.region": "Done just now",
  "toast.undo": "Undo",
  "toast.read_one": "One message marked as read",
  "toast.read_other": "{{count}} messages marked as read",
  "toast.unread": "Left unread from this message",
  "toast.archived": "{{room}} is archived",
  "toast.favourite": "{{room}} is no favourite any more",
};
