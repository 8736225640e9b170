import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { mainServerHost, POS_SERVERS } from "../../src/demo/chain.ts";
import { presentTrouble } from "../../src/demo/troubles.ts";
import { resetDatabase } from "../helpers/agent-commands.ts";
import { startDemoAgent } from "../helpers/demo-agent.ts";
import { demoPosServer, runSimulation } from "../helpers/simulation.ts";
import { waitFor } from "../helpers/wait-for.ts";

const KNOWN_WORDS = /exchang|sync|обмен|синхрониз/i;

t.test("There are 24 POS servers, 23 with logs, half of them English", async (t) => {
  t.equal(POS_SERVERS.length, 24);
  const styles = Map.groupBy(POS_SERVERS, ({ logStyle }) => logStyle);
  t.same(
    (["russian", "english", "json", "unconfirmed", "unknown"] as const).map(
      (style) => styles.get(style)?.length,
    ),
    [12, 8, 1, 2, 1],
  );
  t.equal(demoPosServer("tverskaya-12").logStyle, "russian");
});

t.test("The exchange of one is in its log in words that the agent does not know", async (t) => {
  const chain = await runSimulation(t, ["vaynera-10"], { historyDays: 2 });
  await waitFor(() => /Cycle 2 closed: \d+ in, \d+ out/.test(chain.readSyncLog("vaynera-10")));
  const agent = await startDemoAgent(t, chain, "vaynera-10");
  t.match(await agent.status(), {
    sync: { lastAttemptAt: null, lastSuccessAt: null, error: null },
    logs: { found: true, unmatched: true },
    service: { state: "running" },
  });
  // Soon after midnight today's log tells of little yet.
  const { logs } = chain.folder("vaynera-10");
  const log = globSync("*/sync.log", { cwd: logs })
    .map((file) => readFileSync(join(logs, file), "utf8"))
    .join("");
  t.match(log, /Cycle \d+ dropped: remote host closed the connection/);
  t.notMatch(log, KNOWN_WORDS);
});

t.test("The log of one lies that it exchanges, until it is given a new database", async (t) => {
  const chain = await runSimulation(t, ["malysheva-51"], { historyDays: 2 });
  const { size } = statSync(chain.folder("malysheva-51").database);
  const agent = await startDemoAgent(t, chain, "malysheva-51");
  const writtenAgoMs = async () =>
    Date.now() - Date.parse((await agent.status()).sync?.traces?.databaseWrittenAt ?? "");
  const startedAt = Date.now();
  await waitFor(async () => Date.parse((await agent.status()).sync?.lastSuccessAt ?? "") > startedAt);
  t.match(await agent.status(), { logs: { evidence: "guess" }, sync: { error: null } });
  t.ok((await writtenAgoMs()) > 90 * 60_000);
  t.equal(statSync(chain.folder("malysheva-51").database).size, size);
  t.match(await resetDatabase(agent.running), { step: "done" });
  await waitFor(async () => (await writtenAgoMs()) < 60_000);
});

t.test(
  "A database that another program has locked fails the exchange, and its reset names the program",
  async (t) => {
    const chain = await runSimulation(t, ["naberezhnaya-2"]);
    const agent = await startDemoAgent(t, chain, "naberezhnaya-2", { releaseTimeoutMs: 300 });
    const holder = chain.simulation.holders.get("naberezhnaya-2");
    const { detail } = presentTrouble(demoPosServer("naberezhnaya-2")) ?? {};
    t.match(detail, /database is locked$/);
    await waitFor(async () => (await agent.status()).sync?.error?.message === detail);

    t.match(await resetDatabase(agent.running), {
      step: "failed",
      error: {
        error: "database_in_use",
        message: new RegExp(`^iikoCard5\\.db is open in nightly-backup \\(${holder?.processId}\\)$`),
      },
      movedFiles: [],
    });
    await waitFor(async () => (await agent.status()).service?.state === "running");
    process.kill(holder?.processId ?? 0);
    await waitFor(async () => (await agent.status()).sync?.error === null);
    t.pass("without that program the exchange works");
  },
);

t.test("One does not find its main server, as its exchange and its agent say", async (t) => {
  const chain = await runSimulation(t, ["rubinshteyna-15"]);
  const agent = await startDemoAgent(t, chain, "rubinshteyna-15");
  await waitFor(async () => (await agent.checks()).main_server_dns !== undefined);
  await waitFor(async () => (await agent.status()).sync?.error !== null);
  const host = mainServerHost(demoPosServer("rubinshteyna-15"));
  t.match(await agent.checks(), {
    main_server_dns: { outcome: "failed", value: host, detail: /^(ENOTFOUND|EAI_AGAIN)$/ },
    port: { outcome: "ok" },
  });
  // Without a network the system cannot say that there is no such name.
  const expected = presentTrouble(demoPosServer("rubinshteyna-15"))?.detail ?? "";
  const { sync } = await agent.status();
  t.ok([expected, expected.replace("ENOTFOUND", "EAI_AGAIN")].includes(sync?.error?.message ?? ""), expected);
});
