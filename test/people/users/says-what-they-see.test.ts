import t from "tap";
import { DEFAULT_TERMS } from "../../../src/monitor/notifications/rules/rule.ts";
import { insertRule } from "../../../src/monitor/notifications/settings/rules.ts";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { signedIn, startAdministered, textOf } from "../../helpers/page.ts";

t.test("a user and administrators see what the user may see and is told of", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const here = await monitor.addOrganization("Ёлки", "1");
  const elsewhere = await monitor.addOrganization("Сосны", "2");
  const archived = await monitor.addOrganization("Закрытая", "3");
  await setArchived(db, archived, 1);
  for (const name of ["Бар", "Зал"]) await monitor.addPosServer({ organizationId: here, name });
  await monitor.addPosServer({ organizationId: elsewhere, name: "Кухня" });
  const anna = await signedIn(monitor, { name: "Анна", organizations: [here, archived] });
  const channel = {
    kind: "email",
    settings: "{}",
    language: "ru",
    timeZone: "Europe/Moscow",
    createdAt: 1,
  } as const;
  const add = async (name: string, userId: number | null) => {
    const added = await db
      .insertInto("channel")
      .values({ ...channel, name, userId })
      .returning("id")
      .executeTakeFirstOrThrow();
    return added.id;
  };
  const own = await add("Моя почта", anna.userId);
  await add("Почта дежурных", null);
  await insertRule(db, own, { ...DEFAULT_TERMS, organizations: [here, elsewhere] }, 1);

  await db
    .insertInto("reportSubscription")
    .values([here, elsewhere].map((organizationId) => ({ userId: anna.userId, organizationId, tagId: null })))
    .execute();

  const page = (await anna.get("/account")).body;
  t.match(textOf(page), "По понедельникам приходят отчёты: Ёлки");
  t.match(textOf(page), /1 организация, 2 POS-сервера\. С POS-серверами этих организаций/);
  t.match(page, new RegExp(`href="/pos-servers\\?organization=${here}">Ёлки`));
  t.match(page, new RegExp(`href="/channels/${own}">Моя почта`));
  t.match(textOf(page), /Моя почта Почта Ёлки · любая неполадка · через 10 мин/);
  for (const hidden of [/Сосны/, /Закрытая/, /Почта дежурных/]) t.notMatch(textOf(page), hidden);

  const seen = (await admin.get(`/users/${anna.userId}`)).body;
  t.match(textOf(seen), /Доступ и оповещения 1 организация.*Моя почта Почта Ёлки · любая неполадка/);
  t.notMatch(seen, new RegExp(`/channels/${own}"`), "their own channels open for nobody else");
  t.notMatch(textOf(seen), /Почта дежурных/);

  const administrator = textOf((await admin.get("/account")).body);
  t.match(
    administrator,
    /Все организации, включая будущие: 2 организации, 3 POS-сервера.*Почта дежурных Почта, общий нет правил/,
  );
  t.notMatch(administrator, /Моя почта/);

  const nobody = await signedIn(monitor, {});
  t.match(textOf((await nobody.get("/account")).body), /Ни одной организации.*Никуда: своих каналов нет/);
  await db.updateTable("user").set({ isBlocked: 1 }).where("id", "=", anna.userId).execute();
  const blocked = textOf((await admin.get(`/users/${anna.userId}`)).body);
  t.match(blocked, /Доступ и оповещения Ни одной организации\./);
  t.match(blocked, /Моя почта Почта Ни одной организации/);
});
