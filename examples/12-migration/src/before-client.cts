/**
 * Before: a client of prices, with callbacks. `before-client.cjs <endpoint> <currency> ...`
 *
 * A req that gets no reply waits for ever, so this one has a timer, and a new socket for each time that it runs out.
 */

import zmq = require("zmq");

const [endpoint = "", ...currencies] = process.argv.slice(2);
let req: InstanceType<typeof zmq.Socket>;
let timer: NodeJS.Timeout;

open();
ask();

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
  if (currencies.length === 0) req.close();
  else ask();
}
