import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { occupyExports } from "../helpers/occupy-exports.ts";
import { signedIn, startFor, textOf } from "../helpers/page.ts";

t.test("more than 100,000 rows are refused, not cut", async (t) => {
  const { monitor, user } = await startFor(t, { isAdministrator: true });
  const { db, sqlite } = monitor.app.database;
  sqlite
    .prepare(
      `insert into audit_event (at, user_login, address, action, result)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 100001)
      select i, 'somebody', '10.0.0.1', 'sign_out', 'refused' from n`,
    )
    .run();
  const page = await user.get("/audit.xlsx?action=sign_out");
  t.equal(page.statusCode, 422);
  t.match(textOf(page.body).replaceAll("\u00a0", " "), "В таблице больше 100 000 строк");
  t.match(page.body, 'href="/audit?action=sign_out"');
  t.notOk(page.headers["content-disposition"]);
  t.same(await db.selectFrom("auditEvent").selectAll().where("action", "=", "export").execute(), []);
});

t.test("of too many files, in all or of one person, the next is refused for a while", async (t) => {
  const monitor = await startMonitor(t);
  const anna = await signedIn(monitor, { organizations: "all" });
  const boris = await signedIn(monitor, { organizations: "all" });
  const giveUpAll = await occupyExports(Array.from({ length: 42 }, (_, other) => -1 - other));
  const page = await anna.get("/pos-servers.xlsx");
  t.equal(page.statusCode, 429);
  t.match(page.headers, { "retry-after": "5" });
  t.match(textOf(page.body), "Сейчас готовится слишком много файлов");
  await giveUpAll();

  const giveUp = await occupyExports(Array(4).fill(anna.userId));
  t.equal((await boris.get("/pos-servers.xlsx")).statusCode, 200, "hers take one place");
  t.equal((await anna.get("/pos-servers.xlsx")).statusCode, 429);
  await giveUp();
  t.equal((await anna.get("/pos-servers.xlsx")).statusCode, 200);
});
