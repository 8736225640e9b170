import { mkdir, readdir, writeFile } from "node:fs/promises";
import t from "tap";
import { quarantineName } from "../../src/agent/quarantine/quarantine-folder.ts";
import { startTestAgent } from "../helpers/agent.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const DAY_MS = 24 * 3_600_000;
const daysAgo = (days: number) => quarantineName(Date.now() - days * DAY_MS);

async function fill(pos: SampleService, names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(pos.path(`quarantine/${name}`), { recursive: true });
    await writeFile(pos.path(`quarantine/${name}/pos.db`), "old");
  }
}

t.test("what lies in quarantine too long is removed when the agent starts", async (t) => {
  const pos = await makeSampleService(t);
  const [young, old] = [daysAgo(13.9), daysAgo(14.1)];
  await fill(pos, [young, old, daysAgo(100), `${daysAgo(50)}-later`, "by hand"]);
  await startTestAgent(t, pos);
  await waitFor(async () => (await readdir(pos.path("quarantine"))).length === 2);
  t.same((await readdir(pos.path("quarantine"))).sort(), [young, "by hand"].sort());
});

t.test(
  "the newest is kept however old it is, and the configuration says how old the others may be",
  async (t) => {
    const pos = await makeSampleService(t, { database: { quarantineDays: 30 } });
    const newest = daysAgo(40);
    await fill(pos, [newest, `${newest}-later`, daysAgo(41)]);
    await startTestAgent(t, pos);
    await waitFor(async () => (await readdir(pos.path("quarantine"))).length === 2);
    t.same((await readdir(pos.path("quarantine"))).sort(), [newest, `${newest}-later`]);

    const younger = await makeSampleService(t, { database: { quarantineDays: 30 } });
    await fill(younger, [daysAgo(1), daysAgo(29), daysAgo(31)]);
    await startTestAgent(t, younger);
    await waitFor(async () => (await readdir(younger.path("quarantine"))).length === 2);
  },
);
