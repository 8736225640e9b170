import t from "tap";
import { adviceOn } from "../../src/monitor/fleet/causes.ts";
import { CAUSE_TEXTS } from "../helpers/cause-texts.ts";
import { makeLogFolder, minutesAgo } from "../helpers/log-folder.ts";

const stamp = (at: number) =>
  `[${new Date(at).toISOString().slice(0, 23).replace("T", " ").replace(".", ",")}]`;

/** How a service may log why its exchange failed. */
const STYLES: ((why: string) => string)[] = [
  (why) => `${stamp(minutesAgo(3))} ERROR [12] — Обмен с главным сервером: ошибка: ${why}\r\n`,
  (why) => `${stamp(minutesAgo(3))} ERROR [ 1] [SyncJob:Run:59] - Exchange failed: ${why}\n`,
  (why) =>
    `${stamp(minutesAgo(3))} ERROR [Event Loop 1] - Error while exchanging with server\nSystem.InvalidOperationException: ${why}\n   at Pos.Sync.Run()\n`,
];

for (const [cause, texts] of Object.entries(CAUSE_TEXTS)) {
  t.test(`a log from which an agent reads that it is ${cause}`, async (t) => {
    for (const [index, text] of texts.entries()) {
      const style = STYLES[index % STYLES.length] as (why: string) => string;
      const folder = makeLogFolder(t);
      await folder.append("pos.log", style(text));
      const { error } = await (await folder.follow()).read();
      const facts = {
        state: "sync_error",
        failureCode: null,
        serviceState: "running",
        lastSyncAt: 1,
        untracedSince: null,
      } as const;
      const syncError = error?.message ?? null;
      t.equal(adviceOn({ ...facts, syncError })?.cause, cause, syncError ?? text);
    }
  });
}
