import { brotliDecompressSync, gunzipSync } from "node:zlib";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { sessionOf } from "../helpers/page.ts";

t.test("pages are compressed as the browser can read them, and are the same text", async (t) => {
  const monitor = await startMonitor(t);
  for (let count = 0; count < 50; count++) await monitor.addPosServer();
  const session = await sessionOf(monitor.app);
  const get = (encoding: string) =>
    monitor.app.inject({
      url: "/pos-servers?sort=name",
      headers: { "accept-encoding": encoding },
      cookies: { session },
    });
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
