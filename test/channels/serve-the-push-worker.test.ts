import t from "tap";
import { startMonitor } from "../helpers/app.ts";

t.test("the worker and its icon have addresses that stay, and are asked for each time", async (t) => {
  const { app } = await startMonitor(t);
  const worker = await app.inject("/push-worker.js");
  t.match(worker, {
    statusCode: 200,
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" },
  });
  t.match(worker.headers["content-security-policy"], "default-src 'none'");
  t.notMatch(worker.body, /"fetch"|importScripts|indexedDB|caches/, "it does nothing but tell");
  const icon = /ICON = "([^"]+)"/.exec(worker.body)?.[1] ?? "";
  t.match(await app.inject(icon), {
    statusCode: 200,
    headers: { "content-type": "image/png", "cache-control": "no-cache" },
  });
  for (const path of ["push-worker/push-worker.js", "push-worker/tsconfig.json"])
    t.equal((await app.inject(app.assetUrl(path))).statusCode, 404, path);
});
