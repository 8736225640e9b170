import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { getPage, openBrowser, signedIn } from "../helpers/page.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";
import { startSecureMonitor } from "../helpers/secure-monitor.ts";

t.test("the policy of every answer allows nothing unsafe, and pages hold nothing of that", async (t) => {
  const monitor = await startMonitor(t);
  for (const url of ["/pos-servers", "/missing", "/healthz", "/assets/x"]) {
    const { headers } = await getPage(monitor.app, url);
    const policy = String(headers["content-security-policy"]);
    t.match(policy, "default-src 'none'", url);
    t.match(policy, "script-src 'self'");
    t.match(policy, "frame-ancestors 'none'");
    t.notMatch(policy, /unsafe|\*|data:|http:/);
    t.equal(headers["x-content-type-options"], "nosniff");
    t.equal(headers["referrer-policy"], "same-origin");
    t.equal(headers["strict-transport-security"], undefined, "not over plain HTTP");
  }
  await monitor.report(await monitor.addPosServer(), { error: "boom" });
  for (const url of ["/pos-servers", "/pos-servers?scope=parked", "/missing"]) {
    const { body } = await getPage(monitor.app, url);
    t.notMatch(body, /<style|style="|\son[a-z]+="|javascript:|hx-on/);
    t.notMatch(body, /<script(?![^>]* src=)/);
    t.notMatch(body, /(?:src|href)="https?:/);
  }
});

t.test("over TLS browsers are told to come by it alone", async (t) => {
  const { monitor } = await startSecureMonitor(t);
  const { headers } = await getPage(monitor.app, "/healthz");
  t.equal(headers["strict-transport-security"], "max-age=15552000");
});

t.test("only the files that browsers need are served", async (t) => {
  const monitor = await startMonitor(t);
  const asset = (path: string) => monitor.app.inject(monitor.app.assetUrl(path));
  for (const path of ["css/poswatch.css", "js/poswatch.js"]) {
    const { statusCode, headers } = await asset(path);
    t.equal(statusCode, 200, path);
    t.match(headers["cache-control"], /max-age=31536000, immutable/);
  }
  const refused = [
    "tsconfig.json",
    "",
    "js/",
    "js/parts/dialog.js",
    "../package.json",
    "..%2fpackage.json",
    "%2e%2e/package.json",
    "js/..%2f..%2f..%2fpackage.json",
    "css/poswatch.css%00.json",
    "css/tokens.css",
  ];
  for (const path of refused) {
    const { statusCode, body } = await asset(path);
    t.ok(statusCode >= 400, `"${path}" is ${statusCode}`);
    t.notMatch(body, "better-sqlite3");
  }
});

t.test("no page, part of a page or error is kept by a browser or on its way", async (t) => {
  const monitor = await startMonitor(t);
  const { requestOf } = await addOneOfEach(monitor);
  const browsers = {
    nobody: openBrowser(monitor.app),
    noRight: await signedIn(monitor),
    administrator: await signedIn(monitor, { isAdministrator: true }),
  };
  const full = {};
  const partial = { "hx-request": "true", "hx-request-type": "partial" };
  let pages = 0;
  for (const route of [...registeredRoutes(monitor), "GET /missing"]) {
    const { method, url } = requestOf(route);
    if (method !== "GET") continue;
    for (const [who, browser] of Object.entries(browsers)) {
      for (const headers of url.includes(".xlsx") ? [full] : [full, partial]) {
        const answer = await browser.get(url, headers);
        if (String(answer.headers["content-type"]).startsWith("text/html")) pages++;
        t.match(answer.headers["cache-control"], "no-store", `${route} by ${who}, ${Object.keys(headers)}`);
      }
    }
  }
  t.ok(pages > 100, `${pages} of the answers are pages`);
});
