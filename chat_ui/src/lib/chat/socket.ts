/** The one socket to the gateway: it comes back by itself from everything but a session that ended. */
import { io, type Socket } from "socket.io-client";
import { ApiError } from "@/lib/api";
import type { Answer, Commands, ServerEvents } from "@/lib/protocol";
import { renewAccess, type Session, useSession } from "@/lib/session";
import { requeue } from "./outbox";
import { watchSilence } from "./silence";
import { changeOutbox, setLink, setNextTry, useChat } from "./store";

// The server answers every command within 10 s; what takes longer got lost.
const ANSWER_MILLISECONDS = 12_000;
// Awake again, a phone wants to know soon whether the connection is still there.
const PROBE_MILLISECONDS = 4_000;
// A gateway that accepts but never says ready is as good as none.
const READY_MILLISECONDS = 15_000;
const CONNECT_MILLISECONDS = 10_000;
// Before each attempt, the first at once; what waits longer than a second can be seen and cut short.
const COME_BACK_MILLISECONDS = [500, 1_000, 2_000, 5_000, 10_000];
// Those whom a gateway lost together do not come back together.
const SPREAD = 0.3;

/** Every command is one object, answered by an ack. */
type Emitted = {
  [Name in keyof Commands]: (
    payload: Commands[Name]["payload"],
    done: (answer: Answer<Commands[Name]["reply"]>) => void,
  ) => void;
};
type ServerSocket = Socket<ServerEvents, Emitted>;

let socket: ServerSocket | null = null;
let endingReason: string | null = null;
let failures = 0;
let stopFollowing = () => {};
let stopWatching = () => {};
let timer: ReturnType<typeof setTimeout> | undefined;
/** When something last came on the connection. */
let heard_at = 0;

/** Open the socket; what `listen` does at `ready` runs before anything sees the link as online. */
export function openSocket(listen: (socket: ServerSocket) => void): void {
  socket = io({
    auth: (give) => give({ token: access() }),
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    // By hand, to say when the next attempt is.
    reconnection: false,
    timeout: CONNECT_MILLISECONDS,
    autoConnect: false,
  });
  listen(socket);
  socket.on("connect", () => {
    clearTimeout(timer);
    timer = setTimeout(hangUp, READY_MILLISECONDS);
    heard_at = Date.now();
    socket?.io.engine.on("packet", () => {
      heard_at = Date.now();
    });
  });
  socket.on("ready", () => {
    clearTimeout(timer);
    failures = 0;
    endingReason = null;
    setLink("online");
  });
  socket.on("session:ending", ({ reason }) => {
    endingReason = reason;
  });
  socket.on("disconnect", (reason) => {
    changeOutbox(requeue);
    comeBack({ is_refused: reason === "io server disconnect" });
  });
  socket.on("connect_error", () => {
    // Refused by the server rather than not reached: the stock client has let go of it.
    comeBack({ is_refused: !socket?.active });
  });
  stopFollowing = useSession.subscribe(handOver);
  window.addEventListener("online", reconnect);
  window.addEventListener("offline", onOffline);
  document.addEventListener("visibilitychange", onVisible);
  stopWatching = watchSilence(() => heard_at, probe);
  if (access()) connect(socket);
  else comeBack({ is_refused: true });
}

export function closeSocket(): void {
  window.removeEventListener("online", reconnect);
  window.removeEventListener("offline", onOffline);
  document.removeEventListener("visibilitychange", onVisible);
  stopWatching();
  clearTimeout(timer);
  stopFollowing();
  socket?.off();
  socket?.disconnect();
  socket = null;
}

/** Try now rather than after the pause. */
export function reconnect(): void {
  if (!socket || socket.connected) return;
  if (!access()) {
    // What comes of it the session tells.
    renewAccess().catch((error) => console.warn("Not signed in again yet.", error));
    return;
  }
  clearTimeout(timer);
  endingReason = null;
  setLink("connecting");
  connect(socket.disconnect());
}

/** Send one command and return its ok answer; every failure is an ApiError. */
export async function ask<Name extends keyof Commands>(
  event: Name,
  payload: Commands[Name]["payload"],
  milliseconds = ANSWER_MILLISECONDS,
): Promise<Commands[Name]["reply"]> {
  if (!socket?.connected || useChat.getState().link !== "online") {
    throw new ApiError({ code: "unreachable", message: "Not connected.", retryable: true });
  }
  let answer: Answer<Commands[Name]["reply"]>;
  try {
    // The stock client's types do not follow a name that is chosen by the caller.
    const plain = socket.timeout(milliseconds) as unknown as Socket;
    answer = await plain.emitWithAck(event, payload);
  } catch {
    throw new ApiError({ code: "timeout", message: "No answer in time.", retryable: true });
  }
  if (!answer.ok) throw new ApiError(answer.error);
  return answer;
}

function access(): string {
  const session = useSession.getState();
  return session.status === "signed_in" ? session.access : "";
}

/** Hand a new access token to the living socket, which would end with the old one. */
function handOver(_: unknown, before: Session): void {
  const token = access();
  if (!token || !socket) return;
  // The page was there before its token.
  if (!hadAccess(before) && !socket.connected) connect(socket);
  if (useChat.getState().link !== "online") return;
  ask("auth:refresh", { token }).catch((error) => console.warn("The socket kept its old token.", error));
}

function hadAccess(session: Session): boolean {
  return session.status === "signed_in" && session.access !== "";
}

/** Try again after a pause; whom the server refused needs a new token for it, after the session of the old one was closed. */
function comeBack({ is_refused }: { is_refused: boolean }): void {
  clearTimeout(timer);
  if (endingReason === "too_many") {
    setLink("ended");
    return;
  }
  const pause = COME_BACK_MILLISECONDS[Math.min(failures, COME_BACK_MILLISECONDS.length - 1)] ?? 0;
  const spread = pause * (1 + SPREAD * (2 * Math.random() - 1));
  failures += 1;
  setLink("offline");
  setNextTry(Date.now() + spread);
  timer = setTimeout(async () => {
    setLink("connecting");
    try {
      if (is_refused) await renewAccess();
      if (socket) connect(socket);
    } catch (error) {
      // Where the session is over, the page has left by now and there is no socket any more.
      console.warn("Not connected again yet.", error);
      if (socket) comeBack({ is_refused });
    }
  }, spread);
}

/** Believe the browser at once, rather than wait until the connection is found silent; where it is wrong the socket comes back. */
function onOffline(): void {
  if (socket?.connected) hangUp();
  else setLink("offline");
}

function connect(socket: ServerSocket): void {
  clearTimeout(timer);
  timer = setTimeout(hangUp, CONNECT_MILLISECONDS + READY_MILLISECONDS);
  socket.connect();
}

/** Give up the connection without waiting for what is still to be written to it. */
function hangUp(): void {
  const was_connected = socket?.connected ?? false;
  socket?.disconnect();
  // Of a connection that never stood nothing is told.
  if (socket && !was_connected) comeBack({ is_refused: false });
}

function onVisible(): void {
  if (document.visibilityState !== "visible") return;
  if (useChat.getState().link === "offline") reconnect();
  else void probe();
}

/** Ask whether somebody is still there; who does not answer is not. */
async function probe(): Promise<void> {
  if (useChat.getState().link !== "online") return;
  const asked_at = Date.now();
  try {
    await ask("ping:app", {}, PROBE_MILLISECONDS);
  } catch (error) {
    const is_silent = error instanceof ApiError && error.body.code === "timeout" && heard_at < asked_at;
    if (is_silent) hangUp();
  }
}
