// node exercise.mjs <endpoint>
// Task: docs/workshop/14-streams.md
// Enunciado: docs/es/taller/14-streams.md
import { serve } from "@awaitmq/patterns";

const [endpoint = ""] = process.argv.slice(2);
serve(endpoint, async ([operation, from]) => {
  if (String(operation) === "count") return String(from);
  return "0";
});
