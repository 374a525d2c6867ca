// node exercise.mjs <endpoint> <n>
// Ask a rep server the requests "1" to "<n>", all at once, without waiting for an answer in
// between. Print each answer (its body alone), and end after the last.
// Haz a un servidor rep las peticiones "1" a "<n>", todas a la vez, sin esperar respuestas
// entre ellas. Escribe cada respuesta (solo su contenido), y termina después de la última.
import { Dealer } from "@awaitmq/core";

const [endpoint, n] = process.argv.slice(2);
const dealer = new Dealer();
dealer.connect(endpoint ?? "");
for (let request = 1; request <= Number(n); request++) await dealer.send(String(request));
for (let answer = 1; answer <= Number(n); answer++) {
  const [body] = await dealer.receive();
  console.log(`${body}`);
}
await dealer.close();
