/** Words for the connection, and what waits for it, in English. */
export const connection = {
  "link.connecting": "Connecting…",
  "link.offline": "You are offline.",
  "link.ended": "ChatFlow is open in too many places, so it was paused here.",
  "link.try_now": "Try now",
  "link.use_here": "Use it here",
  "link.waiting_one": "{{count}} message waits here.",
  "link.waiting_other": "{{count}} messages wait here.",

  "disk.all": "Connected. Everything is on disk",
  "disk.writing_one": "Sending {{count}} message",
  "disk.writing_other": "Sending {{count}} messages",
  "disk.offline": "Offline since {{time}}",
  "disk.failed_one": "{{count}} message was not sent",
  "disk.failed_other": "{{count}} messages were not sent",

  "outbox.title": "Outbox",
  "outbox.lead": "Kept on this device, sent once, in this order",
  "outbox.open": "Open outbox",
  "outbox.close": "Close the outbox",
  "outbox.count": "{{count}} in outbox",
  "outbox.waiting": "Waiting for the connection, {{count}}",
  "outbox.sending": "Being sent, {{count}}",
  "outbox.failed": "Not sent, {{count}}",
  "outbox.not_sent": "Not sent",
  "outbox.tried": "No answer came. It may be on disk already; sent again, it is not there twice.",
  "outbox.none": "Nothing waits. All that you wrote is on the server's disk.",
  "outbox.other_room": "A room that is not in your list",
  "outbox.safe":
    "Closing the tab is safe. Nothing leaves this list until the server says it is on disk, or you discard it.",
  "outbox.unkept": "This browser keeps nothing for this page. Leave the tab open until all is sent.",
};
