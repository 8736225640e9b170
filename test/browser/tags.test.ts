/// <reference lib="dom" />
import t from "tap";
import { launchBrowser } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { lookAt, STILL_SCREENS } from "../helpers/look-at.ts";

const OPEN = "#dialog[open]";

const browser = await launchBrowser();

for (const [screen, device] of Object.entries(STILL_SCREENS)) {
  t.test(
    `tags are put on in the dialog, and lead to the list of those that have them: ${screen}`,
    async (t) => {
      const monitor = await startLiveMonitor(t);
      const ids = [
        await monitor.addPosServer({ name: "Тверская, 12" }),
        await monitor.addPosServer({ name: "Арбат, 5" }),
      ];
      for (const id of ids) await monitor.report(id, { error: "boom" });
      const page = await monitor.openPage(t, browser, device);
      const open = async (id: number | undefined) => {
        await page.goto(`${monitor.url}/pos-servers/${id}`);
        await page.locator(".tags-card a[data-dialog]").click();
        await page.locator(OPEN).waitFor();
      };
      const save = async () => {
        await page.getByRole("button", { name: "Сохранить" }).click();
        await page.locator(OPEN).waitFor({ state: "hidden" });
      };

      await open(ids[0]);
      await page.getByRole("textbox", { name: "Теги" }).fill(`Москва, ${"ы".repeat(41)}`);
      await page.getByRole("button", { name: "Сохранить" }).click();
      await page.getByText(/Слишком длинный тег/).waitFor();
      await lookAt(t, page, `tags-${screen}-problem`);
      await page.getByRole("textbox", { name: "Теги" }).fill("Москва, работает круглосуточно без выходных");
      await save();
      await open(ids[1]);
      await page.getByLabel("Москва").check();
      await lookAt(t, page, `tags-${screen}-dialog`);
      await save();
      await lookAt(t, page, `tags-${screen}-page`);

      await page.locator(".tags-card").getByRole("link", { name: "Все с тегом: Москва" }).click();
      await page.getByRole("link", { name: /Тверская, 12/ }).waitFor();
      await lookAt(t, page, `tags-${screen}-list`);
      if (screen === "phone") await page.locator('[popovertarget="filter"]').last().click();
      const tag = page.getByLabel("Тег", { exact: true });
      await tag.selectOption({ label: "работает круглосуточно без выходных" });
      if (screen === "phone") await page.getByRole("button", { name: "Поиск", exact: true }).click(); // more may be chosen in a sheet
      await page.waitForURL((url) => url.searchParams.get("tag") === "2");
      await page.getByRole("link", { name: /Арбат, 5/ }).waitFor({ state: "detached" });
      t.equal(await page.getByRole("link", { name: /Тверская, 12/ }).count(), 1);
    },
  );
}
