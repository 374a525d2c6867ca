/**
 * Before: a server of prices, with callbacks. `before-server.cjs <endpoint>`
 */

import zmq = require("zmq");

const rep = zmq.socket("rep");
const prices: Record<string, string> = { EUR: "1.1", CHF: "1.05", JPY: "0.007" };

rep.on("message", (currency) => {
  rep.send(prices[currency.toString()] ?? "unknown");
});

rep.bind(process.argv[2] ?? "tcp://127.0.0.1:5555", (error) => {
  if (error) throw error;
  process.send?.(rep.last_endpoint);
});

// Running requests are not answered.
process.on("SIGTERM", () => rep.close());
