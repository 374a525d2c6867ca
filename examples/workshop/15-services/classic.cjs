// Requests by hand: JSON with a name and a value. Both ends trust each other.
// A misspelt property, a text for a number: the answer is wrong, not an error.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const cents = { Emma: 950, Ulysses: 1_200 };

const rep = zmq.socket("rep");
const req = zmq.socket("req");
rep.bindSync("tcp://127.0.0.1:*");
req.connect(rep.last_endpoint);

rep.on("message", (request) => {
  // If it is no JSON, the server crashes.
  const [name, value] = JSON.parse(String(request));
  if (name === "price")
    rep.send(JSON.stringify(cents[value.book] * value.copies));
  else rep.send("null"); // Every server invents its own way to say no.
});

const requests = [
  ["price", { book: "Emma", copies: 2 }],
  ["price", { book: "Emma", copys: 2 }], // NaN, which JSON cannot say
  ["price", { book: "Emma", copies: [3] }], // JavaScript multiplies it.
  ["price", { book: "Enma", copies: 2 }], // no such book
  ["prices", { book: "Emma", copies: 2 }], // no such request
];
const replies = [];
req.on("message", (reply) => {
  console.log(`${JSON.stringify(requests[replies.length])} gets ${reply}`);
  replies.push(JSON.parse(String(reply)));
  if (replies.length < requests.length) {
    req.send(JSON.stringify(requests[replies.length]));
    return;
  }
  assert.deepEqual(replies, [1900, null, 2850, null, null]);
  req.close();
  rep.close();
});
req.send(JSON.stringify(requests[0]));
