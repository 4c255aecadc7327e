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
  "disk.offline_one": "Offline. {{count}} message waits",
  "disk.offline_other": "Offline. {{count}} messages wait",
  "disk.failed_one": "{{count}} message was not sent",
  "disk.failed_other": "{{count}} messages were not sent",
};
