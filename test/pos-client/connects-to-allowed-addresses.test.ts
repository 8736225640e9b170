import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { exampleReport, posServerAt } from "../helpers/pos-server.ts";

for (const host of [
  "169.254.169.254",
  "2852039166",
  "0xA9FEA9FE",
  "0251.0376.0251.0376",
  "169.16689662",
  "[::ffff:169.254.169.254]",
  "0.0.0.0",
]) {
  t.test(`http://${host} is not connected to`, async (t) => {
    const client = createPosClient();
    t.teardown(() => client.close());
    t.match(await client.fetchStatus(posServerAt(`http://${host}:8443`)), {
      failure: { code: "connect_refused", detail: /^address .+ is not allowed$/ },
    });
  });
}

t.test("a name that resolves to a metadata address is not connected to", async (t) => {
  const client = createPosClient({ lookupName: async () => [{ address: "169.254.169.254", family: 4 }] });
  t.teardown(() => client.close());
  t.match(await client.fetchStatus(posServerAt("http://pos.example")), {
    failure: { code: "connect_refused", detail: "address 169.254.169.254 is not allowed" },
  });
});

t.test("of several addresses the allowed ones are tried until one answers", async (t) => {
  const { port } = await listenRaw(t, (socket) => socket.end(jsonAnswer(exampleReport())));
  const lookupName = async () => [
    { address: "169.254.169.254", family: 4 },
    { address: "::1", family: 6 },
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  const client = createPosClient({ lookupName });
  t.teardown(() => client.close());
  t.match(await client.fetchStatus(posServerAt(`http://pos.example:${port}`)), { ok: true });
});

t.test("when none of several addresses answers, the first refusal is named", async (t) => {
  const lookupName = async () => [
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.3", family: 4 },
  ];
  const client = createPosClient({ lookupName });
  t.teardown(() => client.close());
  t.match(await client.fetchStatus(posServerAt("http://pos.example:1")), {
    failure: { code: "connect_refused", detail: "connect ECONNREFUSED 127.0.0.2:1" },
  });
});
