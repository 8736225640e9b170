import t, { type Test } from "tap";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { shareModel } from "../../src/monitor/wall/screen/wall-model.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { addRow } from "../helpers/rows.ts";
import { addReported, addWallToken, lookAtWall, ranAlways, textOfWall, tilesOf } from "../helpers/wall.ts";

const STOPPED = { service: { name: "s", state: "stopped", startedAt: null } } as const;

async function startWall(t: Test) {
  const monitor = await startMonitor(t);
  const { url } = await addWallToken(monitor);
  return { monitor, look: () => lookAtWall(monitor, url) };
}

t.test("problems stand there with the longest first, then what has recovered within the hour", async (t) => {
  const { monitor, look } = await startWall(t);
  await ranAlways(monitor);
  const back = await addReported(monitor, "Покровка, 17", { error: "boom" });
  monitor.clock.advance(36 * MINUTE_MS);
  await addReported(monitor, "Невский, 88", STOPPED);
  monitor.clock.advance(2 * HOUR_MS);
  const lost = await addReported(monitor, "Лиговский, 30");
  await monitor.fail(lost, "certificate_changed", "sha256:1");
  await monitor.report(back);
  await addReported(monitor, "Садовая, 3");
  monitor.clock.advance(22 * MINUTE_MS);
  await addReported(monitor, "Мира, 1", { syncedAgoMs: 23 * MINUTE_MS });
  await monitor.addPosServer({ name: "Новая, 1" });
  const body = await look();
  t.same(tilesOf(body), [
    "Невский, 88 2 ч 22 мин Служба остановлена",
    "Мира, 1 23 мин Давно не было обмена Ошибок нет, но и обменов в логах нет с 15:35",
    "Лиговский, 30 22 мин Нет связи Сертификат POS-сервера изменился, подключите POS-сервер заново",
    "Покровка, 17 Восстановлен 22 мин назад Обмена не было 2 ч 36 мин",
  ]);
  const text = textOfWall(body);
  t.match(text, /3 проблемы из 6 2 новых за час, 1 восстановился 33\s% обмениваются: 2 из 6/);
  const bar =
    "Служба остановлена: 1, Нет связи: 1, Давно не было обмена: 1, Ожидает опроса: 1, Синхронизирован: 2";
  t.match(body, `aria-label="${bar}"`);
  t.equal([...body.matchAll(/<span data-state=/g)].length, 6);
  t.match(text, /24 часа POS-серверы без обмена одновременно · больше всего: 3 между 15:45 и 16:00/);
  t.notMatch(body, "<a ", "there is nothing to do");
  t.notMatch(body, "<form");
});

t.test("more than eight are seven and how many others; what has recovered waits", async (t) => {
  const { monitor, look } = await startWall(t);
  const back = await addReported(monitor, "Покровка, 17", { error: "boom 0" });
  monitor.clock.advance(40_000);
  await monitor.report(back);
  const add = (number: number) =>
    addReported(monitor, `Улица ${number}, ${number}`, { error: `беда ${"абвгдежз"[number - 1]}` });
  await add(1);
  const recovered = "Покровка, 17 Восстановлен только что Обмена не было меньше минуты";
  t.equal(tilesOf(await look())[1], recovered, "not «lasted just now»");
  for (let number = 2; number <= 8; number++) {
    monitor.clock.advance(MINUTE_MS);
    await add(number);
  }
  monitor.clock.advance(MINUTE_MS);
  t.equal(tilesOf(await look()).length, 8);
  t.match(tilesOf(await look()).at(-1), /^Улица 8, 8/);
  await addReported(monitor, "Последняя, 9", STOPPED);
  const tiles = tilesOf(await look());
  t.equal(tiles.length, 8);
  t.match(tiles[0], /^Улица 1, 1 /);
  t.equal(tiles.at(-1), "Ещё 2 POS-сервера не обмениваются");
});

t.test("a common cause is one tile, which counts as all of its POS servers", async (t) => {
  const { monitor, look } = await startWall(t);
  await addReported(monitor, "Невский, 88", STOPPED);
  monitor.clock.advance(5 * MINUTE_MS);
  for (const id of await addExchanging(monitor, 12))
    await monitor.report(id, { error: "Главный сервер не ответил за 30 с" });
  monitor.clock.advance(10 * MINUTE_MS);
  const body = await look();
  t.same(tilesOf(body), [
    "Невский, 88 15 мин Служба остановлена",
    "12 POS-серверов, одна причина 10 мин Ошибка синхронизации Нет связи с главным сервером",
  ]);
  t.match(textOfWall(body), /13 проблем из 13/);
});

t.test("only when all are known to exchange there is a tick", async (t) => {
  const { monitor, look } = await startWall(t);
  t.match(textOfWall(await look()), /0 проблем .*POS-серверов пока нет/);
  t.notMatch(await look(), "data-well");

  const pending = await monitor.addPosServer({ name: "Новая, 1" });
  const awaited = await look();
  t.match(textOfWall(awaited), /— проблем из 1 — нет данных об обмене.*Ожидаем первых ответов/);
  t.notMatch(textOfWall(awaited), /Проблем нет/);
  t.notMatch(awaited, "data-well");

  await addReported(monitor, "Садовая, 3");
  const unknown = await look();
  t.match(textOfWall(unknown), /0 проблем из 2 .*Проблем нет 1 ещё не ответил/);
  t.notMatch(unknown, "data-well");

  await monitor.report(pending);
  const well = await look();
  t.match(textOfWall(well), /0 проблем из 2 100\s% обмениваются: 2 из 2 Все обмениваются/);
  t.match(well, "data-well");

  const { storage } = monitor.app.database;
  storage.problem = (now) => ({ kind: "diskFull", code: "SQLITE_FULL", message: "", since: now });
  const old = await look();
  t.match(textOfWall(old), /ничего не сохраняется: на диске Poswatch закончилось место/);
  t.notMatch(old, "data-well", "what was saved long ago is not known");
});

t.test("thousands are a bar to scale, and digits that fit", async (t) => {
  const { monitor, look } = await startWall(t);
  await addReported(monitor, "Невский, 88", { error: "boom" });
  const { sqlite } = monitor.app.database;
  sqlite.exec(`update state_count set pos_servers = 12345 where state = 'sync_error';
    insert or replace into state_count select organization_id, 'synced', 87655 from state_count limit 1`);
  const body = await look();
  t.match(body, /data-digits="6" data-any>12\s345</);
  t.match(body, /<rect data-state="sync_error" x="0" y="0" width="129" height="10"\/>/);
  t.match(body, /<rect data-state="synced" x="129" y="0" width="871" height="10"\/>/);
  t.match(textOfWall(body), /87\s% обмениваются: 87\s655 из 100\s000/);
});

t.test("who takes care of it stands in the place of the cause, without the comment", async (t) => {
  const { monitor, look } = await startWall(t);
  const id = await addReported(monitor, "Невский, 88", { error: "boom" });
  const takenAt = monitor.clock();
  const taking = { posServerId: id, userName: "Анна Иванова", note: "жду звонка", takenAt };
  const endsAt = takenAt + 2 * HOUR_MS;
  await addRow(monitor.db, "acknowledgement", { ...taking, endsAt });
  const body = await look();
  t.same(tilesOf(body), ["Невский, 88 только что Ошибка синхронизации А Анна до 15:00"]);
  t.notMatch(body, "жду звонка");
  monitor.clock.advance(2 * HOUR_MS);
  t.same(tilesOf(await look()), ["Невский, 88 2 ч Ошибка синхронизации boom"]);
});

t.test("where nobody knows of any exchange no share of it is told", async (t) => {
  const { monitor, look } = await startWall(t);
  const id = await monitor.addPosServer({ name: "Новая, 1" });
  await monitor.fail(id, "unauthorized");
  await monitor.addPosServer({ name: "Новая, 2" });
  t.match(textOfWall(await look()), /1 проблема из 2 .*— нет данных об обмене/);
  await addReported(monitor, "Невский, 88", { error: "boom" });
  t.match(textOfWall(await look()), /0\s% обмениваются: 0 из 3/);
});

t.test("the parts of a share are together what it is of", async (t) => {
  const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", "Europe/Moscow") };
  for (const [exchanging, total, share] of [
    [29, 100, "29"],
    [57, 100, "57"],
    [999, 1_000, "99"],
  ] as const) {
    const model = shareModel(viewer, { synced: exchanging, sync_error: total - exchanging }, 0);
    t.equal(model?.share.replace(/\s%/, ""), share, `${exchanging} of ${total}`);
  }
  for (let synced = 70; synced < 170; synced += 1) {
    const { bar = null, barWidth } =
      shareModel(viewer, { sync_error: 1, unreachable: 1, sync_stale: 1, synced }, 0) ?? {};
    let end = 0;
    for (const { x, width } of bar ?? []) {
      t.equal(x, end);
      end = x + width;
    }
    t.equal(end, barWidth, `${synced} of ${synced + 3}`);
  }
});
