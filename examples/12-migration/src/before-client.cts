/**
 * Before: a client of prices, with callbacks. `before-client.cjs <endpoint>`.
 * It requests the price of each currency in its input.
 *
 * A req that gets no reply waits forever. So this client has a timer, and opens
 * a new socket each time the timer fires.
 */

import readline = require("node:readline");
import zmq = require("zmq");

const endpoint = process.argv[2] ?? "";
const currencies: string[] = [];
let ended = false;
let req: InstanceType<typeof zmq.Socket>;
let timer: NodeJS.Timeout;

open();
readline
  .createInterface({ input: process.stdin })
  .on("line", (currency) => {
    if (currencies.push(currency) === 1) ask();
  })
  .on("close", () => {
    ended = true;
    if (currencies.length === 0) req.close();
  });

function open(): void {
  req = zmq.socket("req", { linger: 0 });
  req.connect(endpoint);
  req.on("message", answered);
}

function ask(): void {
  req.send(currencies[0]);
  timer = setTimeout(() => {
    req.close();
    open();
    ask();
  }, 500);
}

function answered(price: Buffer): void {
  clearTimeout(timer);
  console.log(`${currencies.shift()} ${price}`);
  if (currencies.length > 0) ask();
  else if (ended) req.close();
}
