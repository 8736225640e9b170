import type { Browser, BrowserContextOptions } from "playwright-core";
import type { Test } from "tap";
import type { PosClient } from "../../src/monitor/pos-client/client.ts";
import { startMonitor } from "./app.ts";
import { DESKTOP, launchBrowser, openPage } from "./browser.ts";
import { REAL_CLOCK } from "./clock.ts";
import { createScriptedClient } from "./scripted-client.ts";
import { beginTestSession } from "./session.ts";

const silentClient = () => createScriptedClient(() => new Promise(() => undefined));

export type LiveMonitor = Awaited<ReturnType<typeof startLiveMonitor>>;

/** A monitor that listens, by the real clock, over POS servers that never answer unless `client` says otherwise. */
export async function startLiveMonitor(t: Test, { client = silentClient() }: { client?: PosClient } = {}) {
  const monitor = await startMonitor(t, { clock: REAL_CLOCK, client });
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  t.teardown(() => monitor.app.server.closeAllConnections()); // a browser that lives on keeps those that asked nothing
  /** Opens a page in which an administrator has signed in, and which has been here before, unless in another time zone. */
  async function openSignedIn(t: Test, browser: Browser, options: BrowserContextOptions) {
    const page = await openPage(t, browser, options);
    const value = await beginTestSession(monitor.app.database.db);
    // Without it every first page is loaded twice, the second time in the browser's zone.
    const timeZone = options.timezoneId ? [] : [{ name: "timeZone", value: "Europe/Moscow", url }];
    await page.context().addCookies([{ name: "session", value, url }, ...timeZone]);
    return page;
  }
  return {
    ...monitor,
    url,
    openPage: openSignedIn,
    /** Opens one like that at an address of the monitor, on a desktop unless told. */
    async visit(t: Test, path: string, options: BrowserContextOptions = DESKTOP) {
      const page = await openSignedIn(t, await launchBrowser(), options);
      await page.goto(url + path);
      return page;
    },
  };
}
