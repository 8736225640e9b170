import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ownFields } from "../../src/monitor/access/api-tokens.ts";
import { addToken } from "../../src/monitor/access/stored-tokens.ts";
import { findProgram } from "../helpers/find-program.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { registerPlain } from "../helpers/register.ts";
import { waitFor } from "../helpers/wait-for.ts";

const FILES = join(import.meta.dirname, "../../src/installation/prometheus");
const OWNER = { userId: null, login: "cli", name: null, address: "cli" };
const prometheus = findProgram("prometheus");
const promtool = findProgram("promtool");
const skip = (prometheus === null || promtool === null) && "Debian's package prometheus is not there";

interface QueryAnswer {
  status: string;
  error?: string;
  data: { result: { value: [number, string] }[] };
}

t.test("Prometheus takes metrics, rules and every query of the dashboard", { skip }, async (t) => {
  const folder = makeFolder(t);
  const dataDir = makeFolder(t);
  await registerPlain(t, dataDir, "http://127.0.0.1:9");
  const monitor = await startMonitorProcess(t, dataDir);
  const rights = { hasAll: true, organizationIds: new Set<number>() };
  const wanted = { name: "Prometheus", rights, days: 1, ...ownFields(["metrics"]) };
  const token = await withDatabase(dataDir, (db) => addToken(db, OWNER, "api", wanted, Date.now()));
  const config = join(folder, "prometheus.yml");
  writeFileSync(join(folder, "token"), token ?? "");
  writeFileSync(
    config,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [${join(FILES, "alerts.yml")}]
scrape_configs:
  - job_name: poswatch
    authorization: { credentials_file: ${join(folder, "token")} }
    static_configs: [{ targets: ["${new globalThis.URL(monitor.url).host}"] }]
`,
  );
  const checked = spawnSync(promtool ?? "", ["check", "config", config], { encoding: "utf8" });
  t.equal(checked.status, 0, checked.stdout + checked.stderr);

  const child = spawn(prometheus ?? "", [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    "--web.listen-address=127.0.0.1:0",
  ]);
  let output = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  const ended = once(child, "close");
  t.teardown(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let port = "";
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${output}`);
    port = /Listening on" address=127\.0\.0\.1:(\d+)/.exec(output)?.[1] ?? "";
    return port !== "";
  });
  const ask = async (path: string): Promise<QueryAnswer> =>
    (await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as QueryAnswer;
  const query = (text: string) => ask(`query?query=${encodeURIComponent(text)}`);

  await waitFor(async () => {
    const { data } = await query("sum(poswatch_pos_servers)").catch(() => ({ data: { result: [] } }));
    return data.result[0]?.value[1] === "1";
  });
  const { data: up } = await query('up{job="poswatch"}');
  t.equal(up.result[0]?.value[1], "1");

  const dashboard = JSON.parse(readFileSync(join(FILES, "grafana-dashboard.json"), "utf8"));
  const targets = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) => panel.targets);
  const names = new Set<string>();
  for (const { expr } of targets) {
    const { status, error } = await query(expr);
    t.equal(status, "success", `${expr}: ${error ?? ""}`);
    for (const [name] of expr.matchAll(/\b(?:poswatch|nodejs|process)_\w+/g)) names.add(name);
  }
  // A counter has nothing to say before the first poll.
  await waitFor(async () => (await query("poswatch_polls_total")).data.result.length > 0);
  for (const name of names) t.ok((await query(name)).data.result.length > 0, `${name} is there`);
  const rules = (await ask("rules")) as unknown as {
    data: { groups: { rules: { name: string; health: string }[] }[] };
  };
  await waitFor(async () => JSON.stringify(await ask("rules")).match(/"health":"ok"/g)?.length === 8);
  t.equal(rules.data.groups[0]?.rules.length, 8);
});
