// node exercise.mjs <endpoint>
// Task: docs/workshop/14-streams.md
// Enunciado: docs/es/taller/14-streams.md
import { serve } from "@awaitmq/patterns";

serve(process.argv[2] ?? "", async ([operation, from]) => {
  if (String(operation) === "count") return String(from);
  return "0";
});
