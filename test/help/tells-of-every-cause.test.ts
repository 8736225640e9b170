import t from "tap";
import { CAUSES } from "../../src/monitor/fleet/cause-catalogue.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { signedIn, textOf } from "../helpers/page.ts";

t.test("every cause is told of once, in both languages, to whoever has signed in", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, {});
  for (const language of ["ru", "en"]) {
    await user.post("/account/preferences", { language, timeZone: "Europe/Moscow" });
    const { body, statusCode } = await user.get("/help");
    t.equal(statusCode, 200);
    t.match(body, `<a href="/help"`, "it is in everybody's menu");
    const told = [...body.matchAll(/<div id="cause-(\w+)">([\s\S]*?)<\/div>/g)];
    t.same(told.map(([, cause]) => cause).sort(), [...CAUSES].sort());
    for (const [, cause = "", html = ""] of told) {
      t.match(textOf(html), /^\S.{10,}/, cause);
      t.notMatch(textOf(html), /\{\{|cause\.|failure\./, cause);
      t.match(body, `<a href="#cause-${cause}">`, "it is in the contents");
    }
  }
});

t.test("how long tills get by without exchange is what the settings say", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, {});
  t.match(textOf((await user.get("/help")).body), /Больше 24.ч: оплата со счёта гостя на кассах не работает/);
  await monitor.db
    .insertInto("setting")
    .values({ key: "paymentStopsAfterMs", value: String(12 * HOUR_MS) })
    .execute();
  t.match(textOf((await user.get("/help")).body), /Больше 12.ч: оплата/);
});
