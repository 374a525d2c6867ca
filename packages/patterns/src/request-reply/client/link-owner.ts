/** What a link tells its client. */

import type { Message } from "@awaitmq/core";

export interface LinkOwner<Link> {
  /** A link is up: what waits may be sent. */
  opened(): void;
  /** A link is down. */
  closed(): void;
  /** The server of a link has just refused this client, and will be asked again. */
  refused(): void;
  replied(link: Link, request: number, body: Message): void;
  /** `refused` says that the request was not begun. */
  failed(link: Link, request: number, error: Error, refused: boolean): void;
  /** The server, or the way to it, is gone, and with it whatever left by that session or one before. */
  lost(link: Link, session: number): void;
  /** A message came that was no answer in the form of the envelope. */
  invalid(): void;
}
