import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";
import { openBrowser, signedIn } from "../helpers/sign-in.ts";

/** Files of the browser, which it asks for each time. */
const FILES = ["GET /push-worker.js", "GET /push-icon.png"];

t.test("no page, part of a page or error is kept by a browser or on its way", async (t) => {
  const monitor = await startMonitor(t);
  const { requestOf } = await addOneOfEach(monitor);
  const browsers = {
    nobody: openBrowser(monitor.app),
    noRight: await signedIn(monitor),
    administrator: await signedIn(monitor, { isAdministrator: true }),
  };
  let pages = 0;
  for (const route of [...registeredRoutes(monitor), "GET /missing"]) {
    const { method, url } = requestOf(route);
    if (method !== "GET" || FILES.includes(route)) continue;
    for (const [who, browser] of Object.entries(browsers)) {
      for (const headers of [{}, { "hx-request": "true", "hx-request-type": "partial" }]) {
        const answer = await browser.get(url, headers);
        if (String(answer.headers["content-type"]).startsWith("text/html")) pages++;
        t.match(answer.headers["cache-control"], "no-store", `${route} by ${who}, ${Object.keys(headers)}`);
      }
    }
  }
  t.ok(pages > 100, `${pages} of the answers are pages`);
});
