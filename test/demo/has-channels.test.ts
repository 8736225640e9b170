import t, { type Test } from "tap";
import { ORGANIZATIONS } from "../../src/demo/chain.ts";
import { addDemoChannels } from "../../src/demo/channels.ts";
import { addDemoUsers, saveAddress } from "../../src/demo/monitor.ts";
import { findUserByLogin } from "../../src/monitor/access/users.ts";
import { readSettings } from "../../src/monitor/installation/settings.ts";
import { listRules } from "../../src/monitor/notifications/rules/rule.ts";
import { openChannel } from "../../src/monitor/notifications/sending/open-channel.ts";
import { listChannels } from "../../src/monitor/notifications/settings/find-channels.ts";
import { removeChannel } from "../../src/monitor/notifications/settings/save-channel.ts";
import { startMonitor } from "../helpers/app.ts";

const FIRST = { smtpPort: 2525, telegramUrl: "http://127.0.0.1:8081" };
const LATER = { smtpPort: 2626, telegramUrl: "http://127.0.0.1:8181" };
const ACTOR = { userId: null, login: "", name: "Анна Иванова", address: "cli" };

t.test("the demo has mail and a group in Telegram, and its users have linked theirs", async (t) => {
  const { db, secretBox, admin } = await startDemoMonitor(t);
  await addDemoChannels(db, secretBox, FIRST);
  const channels = await listChannels(db, admin);
  t.match(channels, [
    {
      name: "Почта смены",
      ownerId: null,
      settings: { port: 2525, security: "none", to: ["smena@demo.example"] },
    },
    { name: "Telegram", ownerId: admin.id, settings: { chatId: "310450117" } },
    { name: "Дежурные в Telegram", ownerId: null, settings: { baseUrl: "http://127.0.0.1:8081" } },
  ]);
  const [mail, , group] = channels;
  t.match(await listRules(db, group?.id ?? 0), [
    { organizations: "all", escalation: { afterMs: 1_800_000, channelId: mail?.id } },
  ]);
  t.equal((await listRules(db, mail?.id ?? 0)).length, 1);
  const linked = await db.selectFrom("messengerAccount").select("name").orderBy("name").execute();
  t.same(linked, [{ name: "@anna_ivanova" }, { name: "@smirnov_petr" }]);
});

t.test("another start says where its servers are, and changes nothing else", async (t) => {
  const { db, secretBox, admin } = await startDemoMonitor(t);
  await addDemoChannels(db, secretBox, FIRST);
  const before = await listChannels(db, admin);
  await addDemoChannels(db, secretBox, LATER);
  const [mail, , group] = await listChannels(db, admin);
  t.match(mail, { settings: { port: 2626, to: ["smena@demo.example"] } });
  t.match(group, { settings: { baseUrl: "http://127.0.0.1:8181" } });
  const opened = await openChannel(db, secretBox, group?.id ?? 0);
  t.match(opened?.connection, { secrets: { token: /^7000000001:/ } }, "the token stays");
  t.equal((await db.selectFrom("notificationRule").select("id").execute()).length, 4);

  for (const channel of before.slice(0, 1)) await removeChannel(db, ACTOR, channel, Date.now());
  await addDemoChannels(db, secretBox, FIRST);
  t.equal((await listChannels(db, admin)).length, 2, "what somebody has removed stays away");
});

t.test("links lead to the demo, unless somebody has named another machine", async (t) => {
  const { db } = await startDemoMonitor(t);
  const address = async () => (await readSettings(db)).publicAddress;
  await saveAddress(db, ACTOR, "http://127.0.0.1:8080");
  t.equal(await address(), "http://127.0.0.1:8080");
  await saveAddress(db, ACTOR, "http://127.0.0.1:9090");
  t.equal(await address(), "http://127.0.0.1:9090", "another start has another port");
  const value = JSON.stringify("https://poswatch.example");
  await db.updateTable("setting").set({ value }).where("key", "=", "publicAddress").execute();
  await saveAddress(db, ACTOR, "http://127.0.0.1:8080");
  t.equal(await address(), "https://poswatch.example");
});

async function startDemoMonitor(t: Test) {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  for (const { name, crmId } of ORGANIZATIONS) await monitor.addOrganization(name, crmId);
  await addDemoUsers(db, "a password of nobody");
  const admin = await findUserByLogin(db, "admin");
  if (!admin) throw new Error("The demo has no administrator");
  return { db, secretBox: monitor.app.secretBox, admin };
}
