import t, { type Test } from "tap";
import { setBlocked } from "../../src/monitor/people/users/change-user.ts";
import { saveRights } from "../../src/monitor/people/users/save-rights.ts";
import { startMonitor } from "../helpers/app.ts";
import { addChannel, addRule, receiveEvents, tell } from "../helpers/notifications.ts";
import { signedIn, type TestUser } from "../helpers/sign-in.ts";

const ACTOR = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };
const RIGHTS = { hasAll: false, organizationIds: new Set([1]) };

/** An incident of the first organization that is long open, and a channel of somebody. */
async function begin(t: Test, user: TestUser, tags: string[] = []) {
  const monitor = await startMonitor(t);
  const receiver = await receiveEvents(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const { userId } = await signedIn(monitor, user);
  await addRule(monitor, await addChannel(monitor, { ...receiver.channel, userId }), { tags });
  await monitor.report(id);
  await monitor.report(id, { error: "беда", syncedAgoMs: 0 });
  monitor.clock.advance(60 * 60_000);
  const told = async () => {
    await tell(monitor);
    return receiver.events.map(({ event, title }) => `${event}: ${title}`);
  };
  return { ...monitor, db: monitor.app.database.db, monitor, id, userId, told };
}

const OPENED = ["opened: Тверская, 12: ошибка синхронизации"];

t.test("whoever is given an organization is told of what is open there", async (t) => {
  const { db, userId, clock, told } = await begin(t, {});
  t.same(await told(), []);
  await saveRights(db, ACTOR, userId, RIGHTS, clock());
  t.same(await told(), OPENED);
});

t.test("whoever is unblocked is told of what is open", async (t) => {
  const { db, userId, clock, told } = await begin(t, { organizations: [1] });
  await setBlocked(db, ACTOR, userId, true, clock());
  t.same(await told(), []);
  await setBlocked(db, ACTOR, userId, false, clock());
  t.same(await told(), OPENED);
});

t.test("what is given a tag is told by the rules about that", async (t) => {
  const { monitor, id, told } = await begin(t, { organizations: "all" }, ["24/7"]);
  t.same(await told(), []);
  const admin = await signedIn(monitor, { isAdministrator: true });
  await admin.post(`/pos-servers/${id}/tags`, { more: "24/7" });
  t.same(await told(), OPENED);
});
