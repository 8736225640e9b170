import t, { type Test } from "tap";
import { startMonitor } from "../helpers/app.ts";
import { occupyExports } from "../helpers/occupy-exports.ts";
import { sessionOf, signedIn, textOf } from "../helpers/page.ts";

async function startWithEvents(t: Test, count: number) {
  const monitor = await startMonitor(t);
  monitor.app.database.sqlite
    .prepare(
      `insert into audit_event (at, user_login, address, action, result)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
      select i, 'somebody', '10.0.0.1', 'sign_in', 'refused' from n`,
    )
    .run(count);
  const cookies = { session: await sessionOf(monitor.app) };
  const get = () => monitor.app.inject({ url: "/audit.xlsx?action=sign_in", cookies });
  return { monitor, get };
}

t.test("more than 100,000 rows are refused, not cut", async (t) => {
  const { monitor, get } = await startWithEvents(t, 100_001);
  const page = await get();
  t.equal(page.statusCode, 422);
  t.match(textOf(page.body).replaceAll("\u00a0", " "), "В таблице больше 100 000 строк");
  t.match(page.body, 'href="/audit?action=sign_in"');
  t.notOk(page.headers["content-disposition"]);

  const { db } = monitor.app.database;
  t.same(await db.selectFrom("auditEvent").selectAll().where("action", "=", "export").execute(), []);
});

t.test("when too many files are being made the next one is refused, with a time to come again", async (t) => {
  const { get } = await startWithEvents(t, 1);
  const giveUp = await occupyExports(Array.from({ length: 42 }, (_, other) => -1 - other));
  const page = await get();
  t.equal(page.statusCode, 429);
  t.match(page.headers, { "retry-after": "5" });
  t.match(textOf(page.body), "Сейчас готовится слишком много файлов");
  await giveUp();
  t.equal((await get()).statusCode, 200);
});

t.test("one person's files take one place, wait and are bounded; another's is made at once", async (t) => {
  const monitor = await startMonitor(t);
  const anna = await signedIn(monitor, { organizations: "all" });
  const boris = await signedIn(monitor, { organizations: "all" });
  const giveUp = await occupyExports(Array(4).fill(anna.userId));
  t.equal((await boris.get("/pos-servers.xlsx")).statusCode, 200);
  t.equal((await anna.get("/pos-servers.xlsx")).statusCode, 429);
  await giveUp();
  t.equal((await anna.get("/pos-servers.xlsx")).statusCode, 200);
});
