/// <reference lib="dom" />
import t from "tap";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { addUser } from "../../src/monitor/people/credentials/users.ts";
import { DESKTOP, inEitherScheme, launchBrowser, PHONE, takeScreenshot } from "../helpers/browser.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";

const PAGES = [
  "/audit",
  "/audit?from=zz&organization=abc&action=sign_in",
  "/audit?action=import",
  "/settings",
  "/settings?saved=1",
];

t.test("log and settings fit every screen, in either colour scheme", async (t) => {
  const monitor = await startLiveMonitor(t);
  const { db } = monitor.app.database;
  const now = monitor.clock();
  const user = { login: "admin", name: "Анна Иванова", isAdministrator: true, passwordHash: null };
  const userId = await addUser(db, user, now);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const posServerId = await monitor.addPosServer({ organizationId, name: "Тверская, 12" });
  const actor = { userId, login: "admin", name: user.name, address: "192.168.10.24" };
  const anna = { organizationId, posServerId, subject: "Тверская, 12" };
  await recordEvent(db, actor, { action: "setup" }, now - 86_400_000);
  await recordEvent(
    db,
    actor,
    {
      ...anna,
      action: "pos_server_change",
      detail: [
        {
          key: "registryChange",
          values: { field: "address", before: "https://10.8.3.11:8443", after: "https://10.8.3.12:8443" },
        },
      ],
    },
    now - 7_200_000,
  );
  const failure = { code: "connect_timeout", detail: "connect ETIMEDOUT 10.8.3.11:8443" };
  await recordEvent(
    db,
    actor,
    {
      ...anna,
      action: "pos_server_poll",
      result: "failed",
      detail: [{ key: "callFailure", values: failure }],
    },
    now - 3_600_000,
  );
  await recordEvent(
    db,
    { userId: null, login: "root", name: null, address: "203.0.113.250" },
    { action: "sign_in", result: "refused", detail: [{ key: "tooManyAttempts", values: {} }] },
    now,
  );
  await recordEvent(
    db,
    { userId: null, login: "", name: null, address: "cli" },
    { action: "user_create", subject: "x".repeat(90) },
    now,
  );

  const browser = await launchBrowser();
  const wide = await monitor.openPage(t, browser, DESKTOP);
  await wide.goto(`${monitor.url}/audit`);
  const tops = await wide
    .locator(".audit-filter > .button")
    .evaluateAll((parts) => parts.map((part) => Math.round(part.getBoundingClientRect().top)));
  t.equal(new Set(tops).size, 1, "the buttons of the filter stand in one line");
  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    const page = await monitor.openPage(t, browser, device);
    for (const [index, path] of PAGES.entries()) {
      await page.goto(monitor.url + path);
      await inEitherScheme(page, async (colorScheme) => {
        await takeScreenshot(page, `audit-settings-${name}-${colorScheme}-${index}`);
        for (const width of [320, 390, 760, 999, 1000, 1440]) {
          await page.setViewportSize({ width, height: device.viewport.height });
          const overflow = await page.$eval("main", (main) => main.scrollWidth - main.clientWidth);
          t.equal(overflow, 0, `${path} at ${width} px, ${name}, ${colorScheme}`);
        }
        await page.setViewportSize(device.viewport);
      });
    }
  }
});
