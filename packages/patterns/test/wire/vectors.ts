/** The test vectors of docs/protocols/envelope.json. All bytes are hexadecimal. */

import { readFileSync } from "node:fs";
import type { Credit } from "../../src/wire/credit.ts";
import { type Header, messageTypes } from "../../src/wire/envelope.ts";
import type { Metadata } from "../../src/wire/metadata.ts";

interface Refused {
  readonly bytes: string;
  readonly why: string;
}

export interface HeaderVector {
  readonly bytes: string;
  readonly header: {
    readonly type: keyof typeof messageTypes;
    readonly flags: number;
    readonly client: number;
    readonly request: number;
    /** Undefined for a message of a stream, which has a position instead. */
    readonly priority?: number;
    /** Null for no limit. */
    readonly remaining?: number | null;
    readonly position?: number;
    /** Of the extension of an open. */
    readonly credit?: Credit;
    /** Of the extension of a request or an open. */
    readonly metadata?: Metadata;
  };
}

interface Vectors {
  readonly headers: readonly HeaderVector[];
  readonly refused: readonly Refused[];
  readonly refusedExtensions: readonly Refused[];
  readonly packets: readonly {
    readonly bytes: string;
    readonly messages: readonly { readonly header: string; readonly body: readonly string[] }[];
  }[];
  readonly refusedPackets: readonly Refused[];
  readonly items: readonly { readonly bytes: string; readonly items: readonly (readonly string[])[] }[];
  readonly refusedItems: readonly Refused[];
  readonly credits: readonly { readonly bytes: string; readonly credit: Credit }[];
  readonly refusedCredits: readonly Refused[];
}

const file = new URL("../../../../docs/protocols/envelope.json", import.meta.url);

export const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));

export function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

/** The fields of a header that is no message of a stream, as `encodeHeader` takes them. */
export function fieldsOf({ type, flags, priority, remaining, client, request }: HeaderVector["header"]): Header {
  return {
    type: messageTypes[type],
    flags,
    priority: priority as number,
    remaining: remaining ?? Number.POSITIVE_INFINITY,
    client,
    request,
  };
}
