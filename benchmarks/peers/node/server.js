// The peer on Node: socket.io with its Redis adapter, as their documentation sets them up. PORT and REDIS_URL name its place.
const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");

async function main() {
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const http = createServer((request, response) => response.end("ok"));
  const io = new Server(http, { adapter: createAdapter(publisher, subscriber) });
  io.on("connection", (socket) => {
    socket.join(socket.handshake.auth.room);
    socket.on("ping:app", (payload, answer) => answer({ ok: true, at: new Date().toISOString() }));
    socket.emit("ready", {});
  });
  http.listen(Number(process.env.PORT), "127.0.0.1", 4096);
}

main();
