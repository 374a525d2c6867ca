// node exercise.mjs <endpoint>
// A post office: bind the endpoint. A letter is [to, text]; it is delivered to the peer of
// that identity as [from, text]. If there is no such peer, the sender gets ["unknown", to].
// It works until it is stopped.
// Una oficina de correos: haz bind a la dirección. Una carta es [to, text]; se entrega al
// par con esa identidad como [from, text]. Si no hay tal par, el remitente recibe
// ["unknown", to]. Funciona hasta que la detengan.
import { Router } from "@awaitmq/core";

const router = new Router();
await router.bind(process.argv[2] ?? "");
for await (const [from, to, text] of router) {
  await router.send([String(to), String(from), text ?? ""]);
}
