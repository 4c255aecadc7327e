// The stock JavaScript client, driven by lines of JSON: commands come on standard input, what happens goes to
// standard output. It ends with its input, so that it cannot outlive the test.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

let socket;

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const commands = {
  open({ url, token, transport }) {
    socket = io(url, { auth: { token }, transports: [transport], reconnection: false, forceNew: true });
    socket.on("connect", () => tell({ kind: "open" }));
    socket.on("connect_error", (error) => tell({ kind: "refused", message: error.message, error: error.data ?? null }));
    socket.on("disconnect", (reason) => tell({ kind: "closed", reason }));
    socket.onAny((name, data) => tell({ kind: "packet", name, data }));
  },
  emit({ id, event, payload }) {
    socket.emit(event, payload, (ack) => tell({ kind: "ack", id, ack }));
  },
  close() {
    socket?.disconnect();
  },
};

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { command, ...rest } = JSON.parse(line);
  commands[command](rest);
});
lines.on("close", () => process.exit(0));
