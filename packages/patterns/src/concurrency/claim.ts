/** One reader at a time per socket: a second one would take some of its messages. */

import { closedError } from "@awaitmq/core/internals";
import { InUseError } from "../errors.ts";

const readers = new WeakMap<object, string>();

/**
 * Gives a socket to a reader, until the returned function is called.
 *
 * @throws InUseError while another reader has it; ClosedError
 */
export function claim(socket: { readonly closed: boolean }, reader: string): () => void {
  if (socket.closed) throw closedError(reader, "socket");
  const other = readers.get(socket);
  if (other !== undefined)
    throw new InUseError(
      `Cannot ${reader}: ${other} already reads this socket. Stop that first, or open a second socket`,
    );
  readers.set(socket, reader);
  return () => {
    readers.delete(socket);
  };
}
