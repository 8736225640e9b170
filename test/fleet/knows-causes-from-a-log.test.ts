import t from "tap";
import { adviceOn } from "../../src/monitor/fleet/causes.ts";
import { CAUSE_TEXTS } from "../helpers/cause-texts.ts";
import { makeLogFolder, minutesAgo } from "../helpers/log-folder.ts";

const STAMP = `[${new Date(minutesAgo(3)).toISOString().slice(0, 23).replace("T", " ").replace(".", ",")}]`;

/** How a service may log why its exchange failed. */
const STYLES: ((why: string) => string)[] = [
  (why) => `${STAMP} ERROR [12] — Обмен с главным сервером: ошибка: ${why}\r\n`,
  (why) => `${STAMP} ERROR [ 1] [SyncJob:Run:59] - Exchange failed: ${why}\n`,
  (why) =>
    `${STAMP} ERROR [Event Loop 1] - Error while exchanging with server\nSystem.InvalidOperationException: ${why}\n   at Pos.Sync.Run()\n`,
];

const FACTS = {
  state: "sync_error",
  failureCode: null,
  serviceState: "running",
  lastSyncAt: 1,
  untracedSince: null,
} as const;

t.test("what an agent reads from a log has the cause that the error has", async (t) => {
  for (const [cause, texts] of Object.entries(CAUSE_TEXTS)) {
    for (const [index, text] of texts.entries()) {
      const style = STYLES[index % STYLES.length] as (why: string) => string;
      const folder = makeLogFolder(t);
      await folder.append("pos.log", style(text));
      const { error } = await (await folder.follow()).read();
      const syncError = error?.message ?? null;
      t.equal(adviceOn({ ...FACTS, syncError })?.cause, cause, syncError ?? text);
    }
  }
});
