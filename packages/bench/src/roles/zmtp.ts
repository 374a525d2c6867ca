/** The part of ZMTP 3.0 (https://rfc.zeromq.org/spec/23/) that a peer needs to only send or only receive. */

import type { Socket } from "node:net";

const greetingSize = 64;

/** The first bytes of a peer without security: its greeting and its READY command. */
export function handshake(socketType: "PUSH" | "PULL"): Buffer {
  const greeting = Buffer.alloc(greetingSize);
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  greeting.write("NULL", 12);
  const value = Buffer.alloc(4);
  value.writeUInt32BE(socketType.length);
  const ready = Buffer.concat([prefixed("READY"), prefixed("Socket-Type"), value, Buffer.from(socketType)]);
  return Buffer.concat([greeting, Buffer.from([0x04, ready.length]), ready]);
}

/** Resolves when the other end has sent READY; a message before that is a protocol error. Reads everything that arrives. */
export function ready(connection: Socket): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0;
    connection.on("data", ({ length }) => {
      heard += length;
      if (heard > greetingSize) resolve();
    });
  });
}

/** Encodes a message of one frame. */
export function frame(body: Buffer): Buffer {
  if (body.length < 256) return Buffer.concat([Buffer.from([0x00, body.length]), body]);
  const header = Buffer.alloc(9);
  header[0] = 0x02;
  header.writeBigUInt64BE(BigInt(body.length), 1);
  return Buffer.concat([header, body]);
}

function prefixed(name: string): Buffer {
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name)]);
}
