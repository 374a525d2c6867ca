// node exercise.mjs <endpoint>
// A dealer as an asynchronous rep. A request is an envelope (all frames up to and including
// the first empty one) and a body. Answer with the same envelope and the body in capitals,
// but wait for two requests each time, and answer the second one first. After a request with
// the body "end", which is answered at once, end.
// Un dealer como rep asíncrono. Una petición es un sobre (todos los segmentos hasta el
// primero vacío, incluido) y un contenido. Responde con el mismo sobre y el contenido en
// mayúsculas, pero espera cada vez a tener dos peticiones, y responde primero a la segunda.
// Tras una petición con el contenido "end", que se responde al instante, termina.
import { Dealer } from "@awaitmq/core";

const dealer = new Dealer();
dealer.connect(process.argv[2] ?? "");
for await (const [delimiter, body] of dealer) {
  await dealer.send([delimiter, String(body).toUpperCase()]);
  if (String(body) === "end") break;
}
await dealer.close();
