/** The credit of a stream, message by message. */

import { expect, test } from "vitest";
import { CreditSender } from "../../src/streams/credit-sender.ts";
import { type Credit, mostCredit, noCredit } from "../../src/wire/credit.ts";

function sending() {
  const sent: Credit[] = [];
  const waiting: (() => void)[] = [];
  const sender = new CreditSender((credit, done) => {
    sent.push(credit);
    waiting.push(done);
  });
  return { sender, sent, leave: () => waiting.shift()?.() };
}

test("what is granted while a credit waits leaves after it, as a sum", () => {
  const { sender, sent, leave } = sending();
  for (const items of [1, 2, 3]) sender.grant({ items, bytes: 10 * items });
  expect(sent).toEqual([{ items: 1, bytes: 10 }]);
  leave();
  expect(sent.slice(1)).toEqual([{ items: 5, bytes: 50 }]);
  leave();
  expect(sent).toHaveLength(2);
});

test("a credit of nothing leaves alone, but not after another", () => {
  const { sender, sent, leave } = sending();
  sender.grant(noCredit);
  sender.grant(noCredit);
  leave();
  expect(sent).toEqual([noCredit]);
  sender.grant({ items: 1, bytes: 1 });
  expect(sent).toHaveLength(2);
});

test("a sum larger than any window is refused", () => {
  const { sender } = sending();
  const most = { items: mostCredit, bytes: 1 };
  sender.grant(most);
  sender.grant(most);
  expect(() => sender.grant(most)).toThrow("the limit is 4294967295 of each");
});
