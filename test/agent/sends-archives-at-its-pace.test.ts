import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { orderArchive, readArchive } from "../helpers/log-archive.ts";

const BYTES_PER_SECOND = 400_000;
const LOG = randomBytes(600_000);

t.test("archives together are never faster than the configured rate, over any second", async (t) => {
  const folder = await makeAgentFolder(t, { logs: { maxBytesPerSecond: BYTES_PER_SECOND } });
  await writeFile(join(folder.logs, "pos.log"), LOG);
  const agent = await startTestAgent(t, folder);

  const arrivals: { at: number; bytes: number }[] = [];
  const fetch = async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of await orderArchive(agent, [{ name: "pos.log" }])) {
      arrivals.push({ at: performance.now(), bytes: chunk.length });
      chunks.push(chunk);
    }
    return readArchive(Buffer.concat(chunks));
  };
  for (const files of await Promise.all([fetch(), fetch()])) t.ok(files.get("pos.log")?.content.equals(LOG));

  const bytesFrom = (start: number) =>
    arrivals.filter(({ at }) => at >= start && at < start + 1000).reduce((sum, { bytes }) => sum + bytes, 0);
  const fastest = Math.max(...arrivals.map(({ at }) => bytesFrom(at)));
  // What arrives late for a moment on a busy machine arrives together with what follows.
  t.ok(fastest <= 1.2 * BYTES_PER_SECOND, `fastest second: ${fastest} bytes`);
  t.ok(fastest >= 0.3 * BYTES_PER_SECOND, "and it is not much slower");
});

t.test("a rate that would never end is refused", async (t) => {
  const folder = await makeAgentFolder(t, { logs: { maxBytesPerSecond: 100 } });
  await t.rejects(startTestAgent(t, folder), {
    message: /\/logs\/maxBytesPerSecond: ожидается число не меньше 4096/,
  });
});
