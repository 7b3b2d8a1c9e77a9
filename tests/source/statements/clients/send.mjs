// Runs chains of supabase-js, given on stdin as {url, known, chains: [[number, text]]}, against a recording server.
import { readFileSync } from "node:fs";
import { createClient } from "@supabase/supabase-js";

const realtime = { transport: class {} }; // nothing listens here, and Node 20 has no WebSocket of its own
const { url, known, chains } = JSON.parse(readFileSync(0, "utf-8"));
for (const [number, text] of chains) {
  const supabase = createClient(url, "key", { global: { headers: { "x-case": String(number) } }, realtime });
  const run = new Function("supabase", ...Object.keys(known), `return ${text}`);
  await run(supabase, ...Object.values(known));
}
process.exit(0);
