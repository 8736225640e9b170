import t, { type Test } from "tap";
import { ORGANIZATIONS, POS_SERVERS } from "../../src/demo/chain.ts";
import { findDemoPorts } from "../../src/demo/demo-ports.ts";
import { enterChain, saveAddress } from "../../src/demo/monitor.ts";
import { findUserByLogin } from "../../src/monitor/access/users.ts";
import { readSettings } from "../../src/monitor/installation/settings.ts";
import { listRules } from "../../src/monitor/notifications/rules/rule.ts";
import { listChannels, readChannels } from "../../src/monitor/notifications/settings/find-channels.ts";
import { removeChannel } from "../../src/monitor/notifications/settings/save-channel.ts";
import { startMonitor } from "../helpers/app.ts";

const ACTOR = { userId: null, login: "", name: "Анна Иванова", address: "cli" };

t.test("the demo has mail that escalates to a webhook, and its manager has mail too", async (t) => {
  const { app, chain } = await enterDemo(t);
  const { db } = app.database;
  const channels = await readChannels(db);
  t.match(channels, [
    { name: "Почта Петра", via: { name: "Почта смены" }, settings: { to: "petr@demo.example" } },
    { name: "Почта смены", settings: { port: String(chain.ports.mail), security: "none" } },
    { name: "Заявки в Service Desk", settings: { url: `http://127.0.0.1:${chain.ports.messages}/events` } },
  ]);
  const [own, mail, webhook] = channels;
  t.match(await listRules(db, mail?.id ?? 0), [
    { organizations: "all", escalation: { afterMs: 1_800_000, channelId: webhook?.id } },
  ]);
  t.equal((await listRules(db, webhook?.id ?? 0)).length, 1);
  const manager = await findUserByLogin(db, "manager");
  t.equal(own?.ownerId, manager?.id);
});

t.test("another start changes nothing but the password", async (t) => {
  const { app, chain } = await enterDemo(t);
  const { db } = app.database;
  const [first] = await readChannels(db);
  await removeChannel(db, ACTOR, { id: first?.id ?? 0 }, Date.now());
  const hash = () => db.selectFrom("user").select("passwordHash").where("login", "=", "admin").execute();
  const before = await hash();
  await enterChain(app, { ...chain, password: "another password" });
  t.notSame(await hash(), before);
  const admin = await findUserByLogin(db, "admin");
  const left = admin && (await listChannels(db, admin)).length;
  t.equal(left, 2, "a channel that somebody has removed stays away");
  t.equal((await db.selectFrom("posServer").select("id").execute()).length, POS_SERVERS.length);
  t.equal((await db.selectFrom("organization").select("id").execute()).length, ORGANIZATIONS.length);
});

t.test("links lead to the demo, unless somebody has named another machine", async (t) => {
  const { db } = (await startMonitor(t)).app.database;
  const address = async () => (await readSettings(db)).publicAddress;
  await saveAddress(db, "http://127.0.0.1:8080");
  t.equal(await address(), "http://127.0.0.1:8080");
  await saveAddress(db, "http://127.0.0.1:9090");
  t.equal(await address(), "http://127.0.0.1:9090", "another start may have another port");
  const value = JSON.stringify("https://poswatch.example");
  await db.updateTable("setting").set({ value }).where("key", "=", "publicAddress").execute();
  await saveAddress(db, "http://127.0.0.1:8080");
  t.equal(await address(), "https://poswatch.example");
});

async function enterDemo(t: Test) {
  const { app } = await startMonitor(t);
  const chain = { connections: new Map(), ports: await findDemoPorts(), password: "a password of nobody" };
  await enterChain(app, chain);
  return { app, chain };
}
