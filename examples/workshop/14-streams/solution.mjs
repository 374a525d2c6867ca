import { serve } from "@awaitmq/patterns";

const [endpoint = ""] = process.argv.slice(2);
serve(endpoint, async function* ([operation, from], { input }) {
  if (String(operation) === "count") {
    try {
      for (let number = Number(from); ; number++) yield String(number);
    } finally {
      console.log("left");
    }
  }
  let sum = 0;
  for await (const [number] of input) {
    sum += Number(number);
    yield String(sum);
  }
});
