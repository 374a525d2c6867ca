/** A peer of ZMTP 2.0 (RFC 15), such as old JeroMQ. It has no security mechanism, so libzmq reports no event for its handshake. */

import { connect, createServer, type Server, type Socket } from "node:net";

/** The socket types that tests use, with their numbers in the greeting. */
const socketTypes = { REQ: 3, REP: 4, DEALER: 5, ROUTER: 6, PULL: 7, PUSH: 8 } as const;
const revisionOf2 = 1;
const [more, long] = [1, 2];
const noIdentity = Buffer.from([0, 0]);

type OldPeerType = keyof typeof socketTypes;

export class OldPeer implements AsyncDisposable {
  /** Called with the frames of each message. Its result is sent back. */
  readonly #answer: (frames: Buffer[]) => readonly (Buffer | string)[] | undefined;
  readonly #greeting: Buffer;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(
    type: OldPeerType,
    answer: (frames: Buffer[]) => readonly (Buffer | string)[] | undefined = () => undefined,
  ) {
    this.#answer = answer;
    this.#greeting = Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, revisionOf2, socketTypes[type], ...noIdentity]);
  }

  /** Listens on a free port, or on the port of an endpoint, and resolves to its endpoint. */
  async bind(endpoint = "tcp://127.0.0.1:0"): Promise<string> {
    const server = createServer((socket) => this.#greet(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(portOf(endpoint), "127.0.0.1", resolve);
    });
    return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  connect(endpoint: string): void {
    this.#greet(connect(portOf(endpoint), "127.0.0.1"));
  }

  /** Sends a message on each connection. */
  send(...frames: (Buffer | string)[]): void {
    for (const socket of this.#sockets) socket.write(encode(frames));
  }

  /** Ends all connections, and accepts no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#server?.listening && new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
    socket.write(this.#greeting);
    // libzmq sends 12 bytes of greeting, and an identity.
    let unread = Buffer.alloc(0);
    let isGreeted = false;
    let frames: Buffer[] = [];
    socket.on("data", (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      if (!isGreeted) {
        if (unread.length < 14) return;
        isGreeted = true;
        unread = unread.subarray(14);
      }
      for (let frame = decode(unread); frame !== undefined; frame = decode(unread)) {
        unread = unread.subarray(frame.end);
        frames.push(frame.body);
        if (frame.hasMore) continue;
        const reply = this.#answer(frames);
        frames = [];
        if (reply !== undefined) socket.write(encode(reply));
      }
    });
  }
}

function decode(bytes: Buffer): { body: Buffer; hasMore: boolean; end: number } | undefined {
  const flags = bytes[0];
  if (flags === undefined) return undefined;
  const start = flags & long ? 9 : 2;
  if (bytes.length < start) return undefined;
  const end = start + (flags & long ? Number(bytes.readBigUInt64BE(1)) : bytes.readUInt8(1));
  if (bytes.length < end) return undefined;
  return { body: Buffer.from(bytes.subarray(start, end)), hasMore: (flags & more) !== 0, end };
}

function encode(frames: readonly (Buffer | string)[]): Buffer {
  const bodies = frames.map((frame) => Buffer.from(frame as string));
  return Buffer.concat(
    bodies.flatMap((body, index) => [
      Buffer.from([index < bodies.length - 1 ? more : 0, body.length]), // the tests' frames are short
      body,
    ]),
  );
}

function portOf(endpoint: string): number {
  return Number(/:(\d+)$/.exec(endpoint)?.[1]);
}
