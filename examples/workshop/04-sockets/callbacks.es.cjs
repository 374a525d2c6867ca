// bind y connect aceptan un callback. Recibe un error, o indica que la llamada
// ha funcionado.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const [rep, late] = [zmq.socket("rep"), zmq.socket("rep")];
const req = zmq.socket("req");

rep.on("message", (text) => rep.send(`${text} yourself`));
req.on("message", (text) => {
  console.log(`${text}`);
  assert.equal(String(text), "hello yourself");
  for (const socket of [rep, late, req]) socket.close();
});

rep.bind("tcp://127.0.0.1:*", (error) => {
  if (error) throw error;
  const endpoint = rep.last_endpoint;
  console.log(`bind: others can connect to ${endpoint}`);

  // Un puerto solo puede tenerlo un socket.
  late.bind(endpoint, (error) => {
    console.log(`bind: ${error?.message}`);
    assert.equal(error?.message, "Address already in use");

    // La biblioteca ha empezado a conectar. No indica que haya un par.
    req.connect(endpoint, (error) => {
      if (error) throw error;
      console.log("connect: the library goes on by itself");
      req.send("hello");
    });
  });
});
