/** The messages of a peer as values, for loops. */

import type { Message } from "@awaitmq/core";
import type { ItemSource } from "@awaitmq/core/internals";
import { readValue, type Values } from "../value/values.ts";

export class ValueSource implements ItemSource<unknown> {
  readonly #messages: ItemSource<Message>;
  readonly #values: Values;
  readonly #where: string;

  /** @param where completes the sentence of an error */
  constructor(messages: ItemSource<Message>, values: Values, where: string) {
    this.#messages = messages;
    this.#values = values;
    this.#where = where;
  }

  request(resolve: (value: unknown) => void, reject: (error: unknown) => void, owner: object): unknown {
    return this.#messages.request((frames) => void this.#read(frames).then(resolve, reject), reject, owner);
  }

  leaveAll(owner: object, error: unknown): boolean {
    return this.#messages.leaveAll(owner, error);
  }

  async #read(frames: Message): Promise<unknown> {
    return readValue(this.#values, frames, this.#where);
  }
}
