// node exercise.mjs <endpoint>
// Task: docs/workshop/08-request-reply.md
// Enunciado: docs/es/taller/08-request-reply.md
import { Request } from "@awaitmq/core";

const request = new Request();
request.connect(process.argv[2] ?? "");
await request.send("hello");
const [text] = await request.receive();
console.log(`answer: ${text}`);
await request.close();
