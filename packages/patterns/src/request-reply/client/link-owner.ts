/** What a link reports to its client. */

import type { Message, MessagingError } from "@awaitmq/core";
import type { MessageType } from "../../wire/envelope.ts";

export interface LinkOwner<Link> {
  /** A link is up, so waiting calls may be sent. */
  opened(): void;
  /** A link is down. */
  closed(): void;
  /** The server of a link has just refused this client. The handshake is retried later. */
  refused(): void;
  replied(link: Link, request: number, body: Message): void;
  /** A message of a stream. */
  streamed(
    link: Link,
    request: number,
    type: MessageType,
    flags: number,
    position: number,
    body: readonly Buffer[],
  ): void;
  /** `refused` says that no handler began. */
  failed(link: Link, request: number, error: MessagingError, refused: boolean): void;
  /** An answer does not follow the envelope format. */
  broken(link: Link, request: number, error: Error): void;
  /** The server has disconnected. Requests that left by this session or an earlier one are lost. */
  lost(link: Link, session: number): void;
  /** A message was not an answer in the envelope format. */
  invalid(): void;
}
