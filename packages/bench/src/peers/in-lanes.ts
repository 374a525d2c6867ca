/** Keeps requests in flight on peers whose `request` returns a promise: one loop per request, which awaits its reply. */

import { checkBytes, type Loop } from "./peer.ts";

export function inLanes(request: (body: Buffer) => Promise<Uint8Array>, size: number, inFlight: number): Loop {
  const body = Buffer.alloc(size, "x");
  return async (count) => {
    let bytes = 0;
    let begun = 0;
    const lane = async () => {
      while (begun < count) {
        begun += 1;
        const reply = await request(body);
        bytes += reply.length;
      }
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
    checkBytes(bytes, count * size);
  };
}
