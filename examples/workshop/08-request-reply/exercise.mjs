// node exercise.mjs <endpoint>
// Ask "hello", and print "answer: <text>". The server may lose a question, or not be there:
// wait 500 ms for an answer, then ask again, three times in all. After the third print "no
// answer" and end with exit code 1.
// Pregunta "hello" y escribe "answer: <texto>". El servidor puede perder una pregunta, o no
// estar: espera 500 ms a la respuesta, después pregunta otra vez, tres veces en total. Tras
// la tercera escribe "no answer" y termina con código de salida 1.
import { Request } from "@awaitmq/core";

const request = new Request();
request.connect(process.argv[2] ?? "");
await request.send("hello");
const [text] = await request.receive();
console.log(`answer: ${text}`);
await request.close();
