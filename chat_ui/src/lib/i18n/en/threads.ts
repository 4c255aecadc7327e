/** Words for threads and pins, in English. */
export const threads = {
  "threads.title": "Thread",
  "threads.title_of": "Thread in {{name}}",
  "threads.region": "Replies in the thread",
  "threads.close": "Close the thread",
  "threads.replies_one": "{{count}} reply",
  "threads.replies_other": "{{count}} replies",
  "threads.none": "No replies yet",
  "threads.last": "Last reply {{time}}",
  "threads.reply": "Reply in thread",
  "threads.write": "Reply in the thread",
  "threads.follow": "Follow",
  "threads.following": "Following",
  "threads.closed": "The message of this thread is gone. Nobody can reply to it.",
};
