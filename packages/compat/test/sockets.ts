/** The sockets of one test, closed when it is over, and what they hear. */

import { eventually, freshInproc } from "@awaitmq/testing";
import zmq, { type Socket, type SocketType } from "../src/index.ts";

const opened = new Set<Socket>();

export function open(type: SocketType, settings?: Readonly<Record<string, unknown>>): Socket {
  const socket = zmq.socket(type, settings);
  opened.add(socket);
  return socket;
}

/** Two sockets that are connected, and what the first receives. */
export function joined(receiver: SocketType, sender: SocketType) {
  const address = freshInproc();
  const to = open(receiver).bindSync(address);
  const from = open(sender).connect(address);
  return { to, from, messages: heard(to) };
}

/** For `afterEach`. What was not sent by now is not waited for. */
export function closeAll(): void {
  for (const socket of opened) {
    if (!socket.closed) socket.linger = 0;
    socket.close();
  }
  opened.clear();
}

/** Binds with a callback, as programs do, and resolves to the address in it. */
export function bound(socket: Socket, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.bind(address, (error) => (error === undefined ? resolve(address) : reject(error)));
  });
}

/** The messages that come from now on, each as the texts of its frames. A frame that is no buffer cannot pass for its text. */
export function heard(socket: Socket): string[][] {
  const messages: string[][] = [];
  socket.on("message", (...frames: unknown[]) => {
    messages.push(frames.map((frame) => (Buffer.isBuffer(frame) ? frame.toString() : `no buffer, ${typeof frame}`)));
  });
  return messages;
}

/** Resolves when there are so many messages, or more. */
export async function arrival(messages: readonly unknown[], count: number): Promise<void> {
  await eventually(() => messages.length >= count, { message: `${count} messages did not come` });
}

/** Answers each request with what `answer` makes of it. */
export function answering(socket: Socket, answer: (request: Buffer) => string): void {
  socket.on("message", (request: Buffer) => void socket.send(answer(request)));
}
