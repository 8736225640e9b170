import t from "tap";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { type TestBrowser, textOf } from "../helpers/page.ts";
import { BROKE, BROKE_PATTERN, DONE, DONE_PATTERN, field, formOf, startTeaching } from "./fixtures.ts";

/** The addresses that take back what is in force, as it is listed. */
async function takeBackUrls(browser: TestBrowser): Promise<string[]> {
  const listed = await browser.html("/settings/log-patterns");
  return [...listed.matchAll(/href="([^"]+)\/withdrawal\/new"/g)].map(([, url]) => `${url}/withdrawal`);
}

t.test("of this one only, added to those of all, and what somebody else saved meanwhile", async (t) => {
  const { server, id, open, send, save, teach, sets } = await startTeaching(t);
  await teach("all", { succeeded: [DONE_PATTERN] });
  await save({ [field(BROKE)]: "failed", scope: "own" });
  t.match((await sets())[1], { posServerId: id, patterns: { succeeded: [], failed: [BROKE_PATTERN] } });
  const patterns = { ...NO_PATTERNS, succeeded: [DONE_PATTERN], failed: [BROKE_PATTERN] };
  t.strictSame(server.taught.at(-1), patterns);

  const mine = await open();
  const marks = { [field(BROKE)]: "failed", [field(DONE)]: "nothing" };
  t.match(formOf(mine.body), { scope: "own", basis: "own", ...marks });
  await teach("own", { succeeded: ["Finished"] }, "Борис");
  const late = await send(mine, { excluded: "till" });
  t.equal(late.statusCode, 409);
  t.match(textOf(late.body), /другие шаблоны сохранили: Борис/);
  t.equal(formOf(late.body).excluded, "till");
  t.equal((await send(late)).statusCode, 303);
});

t.test("what others change meanwhile where a form began is looked at again, nothing is lost", async (t) => {
  const { server, id, admin, open, send, teach, sets } = await startTeaching(t);
  await teach("all", { succeeded: [DONE_PATTERN] });
  const begun = await open();
  t.match(formOf(begun.body), { basis: "all", [field(DONE)]: "succeeded" });
  await teach("all", { succeeded: ["Finished"] }, "Борис");
  const late = await send(begun, { [field(BROKE)]: "failed", scope: "own" });
  t.equal(late.statusCode, 409);
  t.match(textOf(late.body), /шаблоны, с которых вы начали, заменили: Борис, 13:00\. Проверьте отметки/);
  t.match(formOf(late.body), { [field(DONE)]: "succeeded", [field(BROKE)]: "failed", scope: "own" });
  t.equal((await sets()).length, 2);

  const [ofAll = ""] = await takeBackUrls(admin);
  await admin.post(ofAll);
  const later = await send(late);
  t.equal(later.statusCode, 409);
  t.match(textOf(later.body), /шаблоны, с которых вы начали, убрали/);
  t.equal((await send(later)).statusCode, 303);
  t.match((await sets())[2], { posServerId: id, patterns: { failed: [BROKE_PATTERN] } });
  t.strictSame(server.taught.at(-1)?.succeeded, [DONE_PATTERN]);
});

t.test("what others teach meanwhile where a form does not begin is added to", async (t) => {
  const { server, open, send, teach } = await startTeaching(t);
  const begun = await open();
  await teach("own", { succeeded: ["Finished"] }, "Борис");
  const late = await send(begun, { [field(DONE)]: "succeeded", scope: "own" });
  t.equal(late.statusCode, 409);
  t.match(textOf(late.body), /сохранили: Борис, 13:00\. Сохраните ещё раз, чтобы добавить к ним свои/);
  await send(late);
  t.strictSame(server.taught.at(-1)?.succeeded, ["Finished", DONE_PATTERN]);
});

t.test("what is in force is listed first, however much was taught after it", async (t) => {
  const { monitor, admin, teach } = await startTeaching(t);
  await teach("all", { succeeded: [DONE_PATTERN] });
  const { db } = monitor;
  const { id: _own, ...set } = await db.selectFrom("logPatternSet").selectAll().executeTakeFirstOrThrow();
  const later = { ...set, posServerId: await monitor.addPosServer({ name: "Невский" }) };
  await db
    .insertInto("logPatternSet")
    .values(Array.from({ length: 250 }, () => later))
    .execute();
  const listed = await admin.html("/settings/log-patterns");
  t.match(
    textOf(listed),
    /Невский 1 шаблон .*действуют .*Все POS-серверы 1 шаблон .*действуют .*Анна, 24\.11 13:00 .*Вернуть прежние .*заменены/,
  );
  t.equal((await takeBackUrls(admin)).length, 2);
  t.equal(listed.match(/<tr role="row" class="muted"/g)?.length, 200);
});

t.test("what is in force is listed with who has taken it, and taken back after a question", async (t) => {
  const { monitor, server, admin, teach } = await startTeaching(t);
  await teach("all", { succeeded: [DONE_PATTERN] });
  await teach("all", { succeeded: [DONE_PATTERN], failed: [BROKE_PATTERN] });
  const send = async () => {
    await monitor.app.logPatterns.tick();
    await monitor.app.logPatterns.idle();
  };
  await send();
  await monitor.report(await monitor.addPosServer(), { agent: null });
  t.match(
    await admin.text("/settings/log-patterns"),
    /Все POS-серверы 2 шаблона .*действуют Передано POS-серверам: 1 из 1\. Ещё у 1 нет агента Poswatch\. Анна, 24\.11 13:00 Тверская.*Вернуть прежние.*заменены более новыми/,
  );
  const urls = await takeBackUrls(admin);
  t.equal(urls.length, 1);
  const [withdrawal = ""] = urls;
  t.match(await admin.text(`${withdrawal}/new`), /Снова будут действовать шаблоны от 24\.11 13:00 \(Анна\)/);

  t.equal((await admin.post(withdrawal)).headers.location, "/settings/log-patterns?notice=withdrawn");
  t.equal((await admin.post(withdrawal)).statusCode, 404, "once");
  await send();
  t.strictSame(server.taught.at(-1)?.failed, []);
  t.match(await admin.text("/settings/log-patterns"), /убраны 24\.11 13:00: Анна/);
  const audit = await admin.text("/audit");
  t.match(audit, /Возврат прежних шаблонов логов .*для всех POS-серверов; успех: 1, ошибка: 1/);
});
