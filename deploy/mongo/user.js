// Runs once, on an empty volume: message_service's user, who owns its database and sees no other.
db.getSiblingDB("chatflow").createUser({
  user: "chatflow",
  pwd: process.env.MESSAGES_PASSWORD,
  roles: [{ role: "readWrite", db: "chatflow" }],
});
