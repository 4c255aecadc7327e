// A stock JavaScript client of a given version: sends one burst while it connects and another when its transport is
// settled, and tells in one line of JSON what came back, in order.
import { createRequire } from "node:module";

const [client, url, transports, count] = process.argv.slice(2);
const { version } = createRequire(import.meta.url)(`${client}/package.json`);
const imported = await import(client);
const io = imported.io ?? imported.default;

const socket = io(url, { transports: transports.split(","), reconnection: false, forceNew: true });
const last = transports.split(",").at(-1);
const bursts = [];
let came;

const burst = () => {
  came = { messages: [], acks: [] };
  bursts.push(came);
  for (let number = 0; number < count; number += 1) {
    socket.emit("message", number);
    socket.emit("message-with-ack", number, (answer) => take(came.acks, answer));
  }
};

const take = (list, number) => {
  list.push(number);
  if (came.acks.length === Number(count) && came.messages.length === Number(count)) go();
};

const settled = (begin) => {
  const { engine } = socket.io;
  if (engine.transport.name === last) begin();
  else engine.once("upgrade", begin);
};

const go = () => {
  if (bursts.length < 2) return settled(burst);
  process.stdout.write(JSON.stringify({ version, transport: socket.io.engine.transport.name, bursts }));
  process.exit(0);
};

socket.on("connect", burst);
socket.on("message-back", (number) => take(came.messages, number));
socket.on("connect_error", (error) => fail(error.message));
socket.on("disconnect", (reason) => fail(reason));

const fail = (reason) => {
  process.stderr.write(reason);
  process.exit(1);
};
