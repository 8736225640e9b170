import { createApiToken } from "../../src/monitor/api/tokens/api-tokens.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { runProgram } from "./program.ts";
const folder = await makeDataFolder();
await runProgram("mixed-registry.ts", [folder.dataDir, "100000", "1000"]);
const { app, origin } = await startMonitor(folder.dataDir, { isPolling: false });
const actor = { userId: null, login: "cli", name: null, address: "cli" };
const token = await createApiToken(app.database.db, actor, { name: "x", scopes: ["read"], rights: { hasAll: true, organizationIds: new Set() }, days: 30 }, app.clock());
const headers = { authorization: `Bearer ${token}` };
const { next } = await (await fetch(`${origin}/api/v1/pos-servers?limit=200`, { headers })).json();
const mid = Buffer.from(JSON.stringify(["pos-servers", 60000])).toString("base64url");
for (const q of ["limit=200", `limit=200&cursor=${next}`, `limit=200&cursor=${mid}`, "limit=200&state=sync_error", "limit=200&state=parked", "limit=200&organization=5", "limit=200&q=" + encodeURIComponent("тверская"), "limit=200&q=zzzz", "limit=200&changedSince=2099-01-01T00:00:00Z", "limit=50"]) {
  const times: number[] = []; let bytes = 0, n = 0;
  for (let i = 0; i < 15; i++) { const b = performance.now(); const r = await app.inject({ url: `/api/v1/pos-servers?${q}`, headers }); times.push(performance.now() - b); bytes = r.body.length; n = r.json().items?.length; if (r.statusCode !== 200) console.log(r.body); }
  times.sort((a, b) => a - b);
  console.log(q.slice(0, 60), "rows", n, "bytes", bytes, "median", times[7]!.toFixed(1), "max", times[14]!.toFixed(1));
}
{ const times: number[] = []; for (let i = 0; i < 15; i++) { const b = performance.now(); await app.inject({ url: `/api/v1/incidents?limit=200`, headers }); times.push(performance.now() - b); } times.sort((a, b) => a - b); console.log("incidents", times[7]!.toFixed(1)); }
await app.close(); await folder.remove();
