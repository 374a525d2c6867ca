/** The socket that gets a copy of each message of a proxy. It must not delay the proxy. */

import { QueueFullError } from "../errors.ts";
import type { Message } from "../message/message.ts";
import type { SendingSocket } from "../socket/sending-socket.ts";
import { TransientSet } from "../waiting/transient-set.ts";

export class ProxyCapture {
  readonly entries = new TransientSet<Message>();
  lastTaken = performance.now();
  readonly #socket: Pick<SendingSocket, "send">;
  readonly #maxQueued: number;
  readonly #missed: (message: Message, error: QueueFullError) => void;
  readonly #failed: (error: unknown) => void;

  constructor(
    socket: Pick<SendingSocket, "send">,
    maxQueued: number,
    missed: (message: Message, error: QueueFullError) => void,
    failed: (error: unknown) => void,
  ) {
    this.#socket = socket;
    this.#maxQueued = maxQueued;
    this.#missed = missed;
    this.#failed = failed;
  }

  get isFull(): boolean {
    return this.entries.size >= this.#maxQueued;
  }

  send(message: Message): void {
    if (this.isFull) {
      this.#missed(
        message,
        new QueueFullError(
          `Cannot capture: ${this.#maxQueued} messages already wait for the capture socket (maxQueued). Read faster, or raise maxQueued`,
        ),
      );
      return;
    }
    this.entries.add(message);
    this.#socket.send(message, { copy: false }).then(
      () => {
        this.entries.delete(message);
        this.lastTaken = performance.now();
      },
      (error) => {
        this.entries.delete(message);
        if (error instanceof QueueFullError) this.#missed(message, error);
        else this.#failed(error);
      },
    );
  }
}
