/** Words for the frame of the page and its addresses, in English. */
export const app = {
  "app.loading": "Loading…",
  "app.unreachable": "The server cannot be reached. Trying again…",
  "app.failed": "This page ran into an error. What waits to be sent is kept.",
  "app.reload": "Load it again",
  "app.skip": "Skip to the messages",
  "app.close": "Close",
  "app.cancel": "Cancel",
  "app.back": "Back to the rooms",
  "app.retry": "Try again",
  "app.navigation": "Rooms",
  "app.rail": "ChatFlow",
  "app.home": "Home",
  "app.directory": "Browse",

  "join.ask": "Join this room?",
  "join.ask_named": "Join {{room}}?",
  "join.ask_note": "You were sent an invitation. Its members will see that you came.",
  "join.join": "Join",
  "join.joining": "Joining…",
  "join.failed": "This invitation does not work",
  "join.none": "Ask whoever sent it for a new one.",
};
