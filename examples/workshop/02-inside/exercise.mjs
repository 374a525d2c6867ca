// node exercise.mjs <endpoint>
// Make 1 000 messages of 100 000 bytes, print "made <n>" for each as it is made, and send it.
// Make no more than the receiver takes: while it does not read, only the queues may fill. Then
// end. Leave the options of the socket as they are.
// Fabrica 1 000 mensajes de 100 000 bytes, escribe "made <n>" al fabricar cada uno, y envíalo.
// No fabriques más de lo que acepta el receptor: mientras no lea, solo pueden llenarse las
// colas. Después termina. Deja como están las opciones del socket.
import { Push } from "@awaitmq/core";

const push = new Push({ sendHighWaterMark: 5, linger: 60_000 });
push.connect(process.argv[2] ?? "");

const sending = [];
for (let n = 1; n <= 1_000; n++) {
  console.log(`made ${n}`);
  sending.push(push.send(Buffer.alloc(100_000)));
}
await Promise.all(sending);
await push.close();
