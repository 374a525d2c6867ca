// Tres números para un par. Un rep tiene una respuesta por petición: su segundo
// envío espera a la petición siguiente. Un push sigue cuando su par tiene
// bastante.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const rep = zmq.socket("rep");
const req = zmq.socket("req");
rep.bindSync("tcp://127.0.0.1:*");
req.connect(rep.last_endpoint);
let asked = 0;
rep.on("message", () => {
  asked++;
  if (asked > 1) return;
  for (const number of ["1", "2", "3"]) rep.send(number);
});
const got = [];
req.on("message", (number) => {
  got.push(Number(number));
  console.log(`req gets ${number} after ${asked} requests`);
  assert.equal(got.length, asked);
  if (asked < 3) {
    req.send("more");
    return;
  }
  req.close();
  rep.close();
});
req.send("three numbers");

const push = zmq.socket("push");
const pull = zmq.socket("pull");
push.bindSync("tcp://127.0.0.1:*");
pull.connect(push.last_endpoint);
let made = 0;
const making = setInterval(() => push.send(String(++made)), 1);
pull.on("message", (number) => {
  if (String(number) !== "3") return;
  pull.pause(); // Tiene bastante, y no puede avisar al push.
  setTimeout(() => {
    console.log(`pull wanted 3 numbers, push made ${made}`);
    assert.ok(made > 3);
    clearInterval(making);
    push.close();
    pull.close();
  }, 200);
});
