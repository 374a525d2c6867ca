// Peticiones a mano: JSON con un nombre y un valor. Cada lado se fía del otro.
// Una propiedad mal escrita, un texto por un número: no hay error, y la
// respuesta está mal.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const cents = { Emma: 950, Ulysses: 1_200 };

const rep = zmq.socket("rep");
const req = zmq.socket("req");
rep.bindSync("tcp://127.0.0.1:*");
req.connect(rep.last_endpoint);

rep.on("message", (request) => {
  // Si no es JSON, el servidor falla.
  const [name, value] = JSON.parse(String(request));
  if (name === "price")
    rep.send(JSON.stringify(cents[value.book] * value.copies));
  else rep.send("null"); // Cada servidor inventa su manera de decir que no.
});

const requests = [
  ["price", { book: "Emma", copies: 2 }],
  ["price", { book: "Emma", copys: 2 }], // NaN, que no cabe en JSON
  ["price", { book: "Emma", copies: [3] }], // JavaScript lo multiplica.
  ["price", { book: "Enma", copies: 2 }], // no existe ese libro
  ["prices", { book: "Emma", copies: 2 }], // no existe esa petición
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
