// Un req pregunta a sus servidores por turnos. Envía la petición siguiente solo
// tras la respuesta a la anterior. Si esa respuesta no llega, el req se
// bloquea.
const assert = require("node:assert/strict");
const zmq = require("zmq");

const one = server((name) => `Hello, ${name}, says one`);
const two = server((name) => `Hello, ${name}, says two`);
const req = zmq.socket("req");
const answers = [];

for (const rep of [one, two]) req.connect(rep.last_endpoint);
// La segunda y la tercera esperan en la cola del socket.
for (const name of ["Ada", "Grace", "Tony"]) req.send(name);

req.on("message", (answer) => {
  console.log(`${answer}`);
  answers.push(String(answer));
  if (answers.length < 3) return;
  assert.deepEqual(answers, [
    "Hello, Ada, says one",
    "Hello, Grace, says two",
    "Hello, Tony, says one",
  ]);
  for (const socket of [req, one, two]) socket.close();
  hang();
});

function hang() {
  // Pierde la primera pregunta y responde a la segunda.
  const forgetful = zmq.socket("router");
  let questions = 0;
  forgetful.bindSync("tcp://127.0.0.1:*");
  forgetful.on("message", (identity, delimiter) => {
    questions++;
    if (questions === 2) forgetful.send([identity, delimiter, "at last"]);
  });

  const hung = ask();
  setTimeout(() => {
    console.log("No answer: all that helps is a new socket");
    hung.close();
    ask();
  }, 200);

  function ask() {
    const req = zmq.socket("req", { linger: 0 });
    req.connect(forgetful.last_endpoint);
    req.send("Are you there?");
    req.on("message", (answer) => {
      assert.equal(String(answer), "at last");
      console.log(`${answer}`);
      req.close();
      forgetful.close();
    });
    return req;
  }
}

function server(answer) {
  const rep = zmq.socket("rep");
  rep.bindSync("tcp://127.0.0.1:*");
  rep.on("message", (name) => rep.send(answer(name)));
  return rep;
}
