// One rep with several binds: an address, a network interface by its name, and a path. Only the URLs tell them apart.
const zmq = require("zmq");

const urls = process.argv.slice(2);
if (urls.length === 0) urls.push("tcp://127.0.0.1:8001", "tcp://lo:8002", "ipc:///tmp/slides.sock");
const rep = zmq.socket("rep");

for (const url of urls) {
  rep.bind(url, (err) => {
    if (err) throw err;
    console.log(`Listening on ${url}`);
  });
}

rep.on("message", (request) => {
  console.log(`Request: ${request}`);
  rep.send(`Answer to ${request}`);
});
