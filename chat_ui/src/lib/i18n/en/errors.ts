/** Words for what went wrong, by the code of the error, in English. */
export const errors = {
  "error.unreachable": "The server cannot be reached.",
  "error.unauthenticated": "Please sign in again.",
  "error.token_expired": "Please sign in again.",
  "error.forbidden": "You may not do that here.",
  "error.not_found": "It does not exist, or you may not see it.",
  "error.not_a_member": "You are not in this room any more.",
  "error.muted": "You are muted in this room.",
  "error.banned": "You are banned from this room.",
  "error.archived": "This room is archived.",
  "error.invalid": "This was not accepted: {{message}}",
  "error.too_large": "That is too large.",
  "error.conflict": "This contradicts what is already there.",
  "error.rate_limited": "Too fast. Wait a moment.",
  "error.unavailable": "The service is not available right now.",
  "error.timeout": "No answer in time.",
  "error.internal": "Something went wrong on the server.",
};
