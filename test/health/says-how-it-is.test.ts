import t from "tap";
import { startMonitor } from "../helpers/app.ts";

t.test("/healthz says that the process answers", async (t) => {
  const monitor = await startMonitor(t);
  const { statusCode, headers, body } = await monitor.app.inject("/healthz");
  t.match({ statusCode, body }, { statusCode: 200, body: "ok\n" });
  t.match(headers["content-type"], "text/plain");
});

t.test("/readyz says whether the database can be read, and not why", async (t) => {
  const monitor = await startMonitor(t);
  t.match(await monitor.app.inject("/readyz"), { statusCode: 200, body: "ready\n" });
  await monitor.app.database.db.schema.dropTable("registryRevision").execute();
  t.match(await monitor.app.inject("/readyz"), { statusCode: 503, body: "the database cannot be read\n" });
  t.match(await monitor.app.inject("/healthz"), { statusCode: 200 });
});
