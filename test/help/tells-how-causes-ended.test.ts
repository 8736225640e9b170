import t from "tap";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { signedIn, textOf } from "../helpers/page.ts";

const listed = (html: string) =>
  [...html.matchAll(/<div id="cause-(\w+)">((?:(?!<\/div>)[\s\S])*)<\/div>/g)].flatMap(
    ([, cause, entry = ""]) => {
      const [list] = /<details class="help-ends[\s\S]*?<\/details>/.exec(entry) ?? [];
      return list === undefined
        ? []
        : [
            {
              cause,
              html: list,
              ends: [...list.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, end = ""]) => textOf(end)),
            },
          ];
    },
  );

t.test("each cause has its last ten ends at the viewer's POS servers, newest first", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Пекарня");
  const other = await monitor.addOrganization("Кафе");
  const bakery = await monitor.addPosServer({ organizationId: own, name: "Мира <b>, 1" });
  const cafe = await monitor.addPosServer({ organizationId: other, name: "Арбат, 5" });
  const fail = async (id: number, error: string, minutes: number) => {
    await monitor.report(id, { error, syncedAgoMs: 0 });
    monitor.clock.advance(minutes * MINUTE_MS);
    await monitor.report(id);
    monitor.clock.advance(HOUR_MS - minutes * MINUTE_MS);
  };
  for (const id of [bakery, cafe]) await monitor.report(id);
  for (let minutes = 1; minutes <= 12; minutes++) await fail(bakery, "нарушена целостность базы", minutes);
  await fail(cafe, "нарушена целостность базы", 2);
  await fail(bakery, "Нет места на диске", 3);

  const manager = await signedIn(monitor, { organizations: [own] });
  const [damaged, full, ...rest] = listed(await manager.html("/help"));
  t.same(rest, []);
  t.match([damaged?.cause, full?.cause], ["database_damaged", "disk_full"]);
  t.match(textOf(damaged?.html ?? ""), /^Чем заканчивалось раньше, последние: 10 /);
  t.equal(damaged?.ends.length, 10);
  t.equal(damaged?.ends[0], "00:12 «Мира <b>, 1»: восстановился сам через 12 мин");
  t.equal(damaged?.ends[9], "24.11 «Мира <b>, 1»: восстановился сам через 3 мин");
  t.match(damaged?.html, /<a class="link thumb" href="\/incidents\/12">/);
  t.notMatch(damaged?.html, "<b>");
  t.same(
    listed(await manager.html("/help?q=место")).map(({ cause }) => cause),
    ["disk_full"],
  );

  const all = await signedIn(monitor, { isAdministrator: true });
  const ends = listed(await all.html("/help"))[0]?.ends;
  t.same(ends?.slice(0, 2), [
    "01:02 «Арбат, 5», Кафе: восстановился сам через 2 мин",
    "00:12 «Мира <b>, 1», Пекарня: восстановился сам через 12 мин",
  ]);
  t.same(listed(await (await signedIn(monitor, {})).html("/help")), [], "no right");
});
