import { brotliCompressSync, brotliDecompressSync, gunzipSync } from "node:zlib";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { sessionOf } from "../helpers/page.ts";

t.test("pages are compressed as the browser can read them, and are the same text", async (t) => {
  const monitor = await startMonitor(t);
  for (let count = 0; count < 50; count++) await monitor.addPosServer();
  const cookies = { session: await sessionOf(monitor.app) };
  const get = (encoding: string) =>
    monitor.app.inject({ url: "/pos-servers?sort=name", headers: { "accept-encoding": encoding }, cookies });
  const plain = await get("identity");
  const withoutToken = (html: string) => html.replace(/name="_csrf" value="[^"]*"/g, "");
  for (const [encoding, decompress] of [
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const) {
    const { headers, rawPayload } = await get(encoding);
    t.equal(headers["content-encoding"], encoding);
    t.ok(rawPayload.length < plain.rawPayload.length / 4, `${encoding} makes it ${rawPayload.length} bytes`);
    t.equal(withoutToken(decompress(rawPayload).toString()), withoutToken(plain.body));
    t.match(headers.vary, /accept-encoding/i);
    t.match(headers.vary, /HX-Request-Type/i);
  }
});

t.test("scripts and style sheets are compressed as far as it goes, and are the same text", async (t) => {
  const { app } = await startMonitor(t);
  for (const path of ["css/poswatch.css", "js/poswatch.js"]) {
    const get = (encoding: string) =>
      app.inject({ url: app.assetUrl(path), headers: { "accept-encoding": encoding } });
    const plain = await get("identity");
    t.notOk(plain.headers["content-encoding"]);
    for (const time of ["first", "second"]) {
      const { headers, rawPayload } = await get("gzip, deflate, br, zstd");
      t.match(headers, { "content-encoding": "br", vary: /accept-encoding/i }, `the ${time} time`);
      t.equal(headers["content-type"], plain.headers["content-type"]);
      t.equal(rawPayload.length, brotliCompressSync(plain.rawPayload).length, path);
      t.equal(brotliDecompressSync(rawPayload).toString(), plain.body);
    }
    for (const encoding of ["gzip", "br;q=0, gzip"]) {
      const { headers, rawPayload } = await get(encoding);
      t.equal(headers["content-encoding"], "gzip", encoding);
      t.equal(gunzipSync(rawPayload).toString(), plain.body);
    }
  }
});
