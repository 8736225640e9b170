import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { providePushKey, readPushSender } from "../../../src/monitor/notifications/sending/push-keys.ts";
import { KEY_FILE } from "../../../src/monitor/secrets/secret-box.ts";
import { startMonitor } from "../../helpers/app.ts";
import { makeFolder } from "../../helpers/folder.ts";
import { provideDatabase } from "../../helpers/migrated-database.ts";

t.test("the pair is made once, and stays over a restart", async (t) => {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const { app } = await startMonitor(t, { dataDir });
  const { db } = app.database;
  await t.rejects(readPushSender(db, app.secretBox), /no keys for browsers/);
  const made = await Promise.all([1, 2, 3].map((now) => providePushKey(db, app.secretBox, now)));
  t.equal(new Set(made).size, 1, "also when several ask at once");
  const sender = await readPushSender(db, app.secretBox);
  t.match(sender, {
    publicKey: made[0] ?? "",
    privateKey: /^[\w-]{43}$/,
    subject: "mailto:push@example.com",
  });
  await db
    .insertInto("setting")
    .values({ key: "publicAddress", value: '"https://poswatch.vkusno.ru/x"' })
    .execute();
  t.equal((await readPushSender(db, app.secretBox)).subject, "https://poswatch.vkusno.ru");
  await app.close();

  const bytes = Buffer.from(sender.privateKey, "base64url");
  const kept = readdirSync(dataDir).filter((name) => name.startsWith("poswatch.db"));
  t.ok(kept.length > 0);
  for (const name of kept) {
    const file = readFileSync(join(dataDir, name));
    t.notOk(
      file.includes(sender.privateKey) || file.includes(bytes),
      `${name} has the private key sealed only`,
    );
  }
  const again = await startMonitor(t, { dataDir });
  t.equal(await providePushKey(again.app.database.db, again.app.secretBox, 4), made[0]);
});

t.test("where the key of the data folder is lost there is another pair", async (t) => {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const first = await startMonitor(t, { dataDir });
  const lost = await providePushKey(first.app.database.db, first.app.secretBox, 1);
  await first.app.close();
  rmSync(join(dataDir, KEY_FILE));
  const { app } = await startMonitor(t, { dataDir });
  await t.rejects(readPushSender(app.database.db, app.secretBox));
  const made = await providePushKey(app.database.db, app.secretBox, 2);
  t.not(made, lost);
  t.equal((await readPushSender(app.database.db, app.secretBox)).publicKey, made);
});
