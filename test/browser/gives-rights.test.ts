import t from "tap";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

const FORMS = [
  ["/users/new", { login: "petr", name: "Пётр" }],
  ["/settings/wall/tokens/new", { name: "Диспетчерская" }],
  ["/settings/api/tokens/new", { name: "Служба поддержки" }],
] as const;

t.test(
  "organizations that were ticked one by one, or all found, stay ticked when the form is sent",
  async (t) => {
    const monitor = await startLiveMonitor(t);
    const ids: number[] = [];
    for (const name of ["Пекарня", "Кофе", "Кафе у реки"]) ids.push(await monitor.addOrganization(name));
    const [first = 0, second = 0, third = 0] = ids;
    for (const [url, fields] of FORMS) {
      const page = await monitor.visit(t, url);
      for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
      await page.getByLabel("Пекарня").check();
      await page.fill("#rights-search", "каф");
      await page.getByRole("button", { name: "Отметить все" }).click();
      await page.locator("form.rights .sheet-actions button").click();
      await page.locator("form.rights").waitFor({ state: "detached" });
      t.same((await readTicked(url)).sort(), [first, third], `${url}: ${second} was not ticked`);
    }

    async function readTicked(url: string): Promise<number[]> {
      if (url === "/users/new") {
        const rows = await monitor.db.selectFrom("userOrganization").select("organizationId").execute();
        return rows.map(({ organizationId }) => organizationId);
      }
      const tokens = monitor.db.selectFrom("accessToken").select("organizationIds").orderBy("id", "desc");
      const { organizationIds } = await tokens.executeTakeFirstOrThrow();
      return organizationIds?.split(" ").map(Number) ?? [];
    }
  },
);
