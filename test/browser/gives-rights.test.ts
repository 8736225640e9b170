import t from "tap";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

const FORMS = [
  ["/users/new", { login: "petr", name: "Пётр" }, "userOrganization"],
  ["/settings/wall/tokens/new", { name: "Диспетчерская" }, "wallTokenOrganization"],
  ["/settings/api/tokens/new", { name: "Служба поддержки" }, "apiTokenOrganization"],
] as const;

t.test(
  "organizations that were ticked one by one, or all found, stay ticked when the form is sent",
  async (t) => {
    const monitor = await startLiveMonitor(t);
    const ids: number[] = [];
    for (const name of ["Пекарня", "Кофе", "Кафе у реки"]) ids.push(await monitor.addOrganization(name));
    const [first = 0, second = 0, third = 0] = ids;
    for (const [url, fields, table] of FORMS) {
      const page = await monitor.visit(t, url);
      for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
      await page.getByLabel("Пекарня").check();
      await page.fill("#rights-search", "каф");
      await page.getByRole("button", { name: "Отметить все" }).click();
      await page.locator("form.rights .sheet-actions button").click();
      await page.locator("form.rights").waitFor({ state: "detached" });
      const rows = await monitor.db
        .selectFrom(table)
        .select("organizationId")
        .orderBy("organizationId")
        .execute();
      t.same(
        rows.map(({ organizationId }) => organizationId),
        [first, third],
        `${url}: ${second} was not ticked`,
      );
    }
  },
);
