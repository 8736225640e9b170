import t, { type Test } from "tap";
import { endParkings } from "../../src/monitor/restaurants/park-pos-server.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { getPage, rowsOf, signedIn, textOf } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";
import { runJob } from "../helpers/run-job.ts";

/** The clock begins at 13:00 in Moscow, the viewer's zone. */
async function start(t: Test) {
  const monitor = await startPoller(t);
  const user = await signedIn(monitor, { name: "Анна", organizations: "all" });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  return { monitor, user, id, path: `/pos-servers/${id}` };
}

t.test("a POS server is parked with a reason and an end, and its page says all of it", async (t) => {
  const { monitor, user, id, path } = await start(t);
  t.match(await user.html(path), `data-dialog href="${path}/parking/new"`);
  const form = /Приостановить опрос: Тверская, 12.*Причина.*До какого времени/;
  t.match(await user.text(`${path}/parking/new`), form);

  const fields = { parked: "1", reason: "  ремонт \n зала ", until: "2026-12-01T09:00" };
  const answer = await user.post(`${path}/parking`, fields);
  t.same([answer.statusCode, answer.headers.location], [303, path]);
  t.match(
    await user.text(path),
    /Опрос приостановлен 24\.11 13:00 \(Анна\)\. Причина: ремонт зала\. Возобновится 01\.12 09:00\. .*не считается проблемой/,
  );
  const detail = [
    { key: "parkingReason", values: { reason: "ремонт зала" } },
    { key: "parkingEnd", values: { at: Date.parse("2026-12-01T06:00:00.000Z") } },
  ];
  const events = await recordedEvents(monitor.db, "pos_server_park");
  t.match(events, [{ subject: "Тверская, 12", posServerId: id, detail }]);
  t.match(await user.text("/audit?action=pos_server_park"), /причина: ремонт зала; до 01\.12 09:00/);
});

t.test("the list says why each is parked and until when, in either language", async (t) => {
  const { monitor, user } = await start(t);
  const said = async (fields: Record<string, string>) => {
    const id = await monitor.addPosServer();
    await monitor.report(id, { error: "нарушена целостность базы" });
    await user.post(`/pos-servers/${id}/parking`, { parked: "1", ...fields });
    const shown = (language: "ru" | "en") =>
      getPage(monitor.app, `/pos-servers?scope=parked&sort=name`, { language }).then(({ body }) => {
        const { html = "" } = rowsOf(body).find((row) => row.id === id) ?? {};
        const [cell = ""] = html.match(/<td [^>]*class="cell-error".*?<\/td>/s) ?? [];
        const [, title = ""] = cell.match(/title="([^"]*)"/) ?? [];
        return { title, text: textOf(cell) };
      });
    return { ru: await shown("ru"), en: await shown("en") };
  };
  t.same(await said({ reason: "Сезонное закрытие", until: "2026-12-01T09:00" }), {
    ru: { title: "Сезонное закрытие · до 01.12 09:00", text: "Сезонное закрытие до 1 декабря" },
    en: { title: "Сезонное закрытие · until 01.12 09:00", text: "Сезонное закрытие until December 1" },
  });
  t.match((await said({ reason: "ремонт", until: "2027-05-01T09:00" })).ru.text, "ремонт до 1 мая 2027");
  t.equal((await said({ reason: "ремонт", until: "2026-11-24T18:00" })).ru.text, "ремонт до 18:00");
  t.equal((await said({ until: "2026-12-01T09:00" })).ru.text, "До 1 декабря");
  t.equal((await said({ reason: "переезд" })).ru.text, "переезд");
  t.equal((await said({})).ru.text, "—", "and nothing where nothing is known, not the error of before");
});

t.test("reason and end of a parked one are changed, and nothing else is", async (t) => {
  const { monitor, user, path } = await start(t);
  const other = await signedIn(monitor, { name: "Борис", organizations: "all" });
  await user.post(`${path}/parking`, { parked: "1", reason: "ремонт", until: "2026-12-01T09:00" });
  monitor.clock.advance(HOUR_MS);
  const form = await other.get(`${path}/parking/new`);
  t.match(form.body, /name="reason"[^>]*value="ремонт"/);
  t.match(form.body, /name="until"[^>]*value="2026-12-01T09:00"/);

  const same = { parked: "1", reason: "ремонт", until: "2026-12-01T09:00" };
  await other.post(`${path}/parking`, same);
  await other.post(`${path}/parking`, { ...same, reason: "<b>переезд</b>\u202e", until: "" });
  const page = await user.html(path);
  t.match(textOf(page), /приостановлен 24\.11 13:00 \(Анна\)\. Причина: .*переезд.*\. Срок не указан/);
  t.match(page, "&lt;b&gt;переезд&lt;/b&gt;⟨U+202E⟩", "a reason is text, and what cannot be seen in it can");
  const states = await monitor.db.selectFrom("stateChange").select("state").orderBy("id").execute();
  t.same(states, [{ state: "pending" }, { state: "parked" }], "that is no transition");
  const events = await recordedEvents(monitor.db, "pos_server_park");
  t.equal(events.length, 2, "what changes nothing is not recorded");
});

t.test("it ends by itself, as a transition of nobody, and is polled at once", async (t) => {
  const { monitor, user, id, path } = await start(t);
  const { db } = monitor;
  const forever = await monitor.addPosServer();
  await monitor.run(60);
  await user.post(`${path}/parking`, { parked: "1", reason: "ремонт", until: "2026-11-24T14:00" });
  await user.post(`/pos-servers/${forever}/parking`, { parked: "1" });
  await monitor.run(1);
  monitor.client.calls.length = 0;

  monitor.clock.advance(HOUR_MS - 120_000);
  await runJob(monitor.app, "parkings");
  await monitor.run(1);
  t.equal(monitor.client.calls.length, 0, "not before");
  monitor.clock.advance(120_000);
  await runJob(monitor.app, "parkings");
  await monitor.run(2);
  const polled = monitor.client.calls.map((call) => call.id);
  t.same(polled, [id]);
  t.match(await monitor.status(id), { state: "synced" });
  const changes = db.selectFrom("stateChange").where("posServerId", "=", id);
  const states = await changes.select("state").orderBy("id").execute();
  t.same(states.map(({ state }) => state).join(" "), "pending synced parked pending synced");
  t.match(await recordedEvents(db, "pos_server_unpark"), [
    { userId: null, userLogin: "", address: "program", detail: [{ key: "parkingEnded", values: {} }] },
  ]);
  const log = await user.text("/audit?action=pos_server_unpark");
  t.match(log, /Poswatch автоматически Возобновление опроса.*срок истёк/);
  t.notMatch(await user.text(`/pos-servers/${id}`), /ремонт/, "its reason is gone");
  t.same(await endParkings(db, monitor.clock()), [], "once");

  const ids = [id, forever];
  for (let count = 0; count < 3; count++) ids.push(await monitor.addPosServer());
  await monitor.run(60);
  for (const one of ids) await user.post(`/pos-servers/${one}/parking`, { parked: "1" });
  await monitor.run(1);
  monitor.client.calls.length = 0;
  for (const one of ids) await user.post(`/pos-servers/${one}/parking`);
  await monitor.run(1);
  const back = monitor.client.calls.map((call) => call.id).sort();
  t.same(back, ids, "taken back by hand all are, not spread over their interval");
});

t.test("bad input is said beside its field, what was typed is kept, and nothing is parked", async (t) => {
  const { monitor, user, path } = await start(t);
  const cases: [Record<string, string>, RegExp][] = [
    [{ until: "2026-11-24T12:59" }, /id="problem-until">Это время уже прошло/],
    [{ until: "2029-01-01T00:00" }, /id="problem-until">Не дальше двух лет/],
    [{ until: "завтра" }, /id="problem-until">Укажите дату и время/],
    [{ reason: "я".repeat(201) }, /id="problem-reason">Слишком длинная причина: не больше 200 знаков/],
  ];
  for (const [fields, message] of cases) {
    const sent = { parked: "1", reason: "ремонт", ...fields };
    const answer = await user.post(`${path}/parking`, sent);
    t.equal(answer.statusCode, 422);
    t.match(answer.body, message);
    t.match(answer.body, new RegExp(`name="reason"[^>]* value="${fields.reason ?? "ремонт"}"`));
    const focused = /name="(?:until|reason)"[^>]* autofocus[^>]* aria-invalid/;
    t.match(answer.body, focused, "the wrong one has the focus");
  }
  t.match(await monitor.db.selectFrom("posServer").selectAll().execute(), [{ parked: 0 }]);
  t.same(await monitor.db.selectFrom("parking").selectAll().execute(), []);
});
