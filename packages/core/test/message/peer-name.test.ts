/** How errors write a routing id. */

import { expect, test } from "vitest";
import { peerName } from "../../src/message/peer-name.ts";

test("a peer is named by its text if that can be read, else in hexadecimal", () => {
  expect(peerName(Buffer.from("client-1"))).toBe('"client-1"');
  expect(peerName(Buffer.from("the Büro's 2nd"))).toBe('"the Büro\'s 2nd"');
  expect(peerName(Buffer.from([0, 0x6b, 0x8b, 0x45, 0x67]))).toBe("006b8b4567");
  expect(peerName(Buffer.from("tab\t"))).toBe("74616209");
  expect(peerName(Buffer.from([0xff, 0x41]))).toBe("ff41");
  expect(peerName(Buffer.alloc(0))).toBe("");
  expect(peerName(7)).toBe("7");
});
