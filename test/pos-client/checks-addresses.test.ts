import t from "tap";
import { isAllowedAddress } from "../../src/monitor/outgoing/allowed-address.ts";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { exampleReport, posServerAt } from "../helpers/pos-server.ts";

const REFUSED = [
  "169.254.169.254",
  "169.254.0.1",
  "0.0.0.0",
  "0.1.2.3",
  "224.0.0.1",
  "239.255.255.255",
  "255.255.255.255",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "::",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::ffff:0.0.0.0",
  "::169.254.169.254",
  "64:ff9b::169.254.169.254",
  "2002:a9fe:a9fe::1",
  "2002:6464:64c8::1",
  "::ffff:0:169.254.169.254",
  "::ffff:0:a83f:8110",
  "64:ff9b::100.100.100.200",
  "64:ff9b:1::a9fe:a9fe",
  "64:ff9b:1:0:0:0:6464:64c8",
  "::ffff:100.100.100.200",
  "fe80::1",
  "fe80::1%eth0",
  "ff02::1",
  "fd00:ec2::254",
  "fd20:ce::254",
];
const ALLOWED = [
  "127.0.0.1",
  "::1",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "8.8.8.8",
  "fd00::1",
  "2001:db8::1",
  "64:ff9b::10.1.2.3",
  "2002:0a01:0203::1",
  "::ffff:192.168.1.1",
];

for (const address of REFUSED) {
  t.test(`${address} is refused`, async (t) => t.notOk(isAllowedAddress(address)));
}

for (const address of ALLOWED) {
  t.test(`${address} is allowed`, async (t) => t.ok(isAllowedAddress(address)));
}

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
