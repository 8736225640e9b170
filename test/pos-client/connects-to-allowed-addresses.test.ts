import t from "tap";
import { jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { poll } from "../helpers/poll-outcomes.ts";
import { exampleReport, posServerAt } from "../helpers/pos-server.ts";

t.test("an address that may not be called is not connected to, as a number neither", async (t) => {
  for (const host of ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]"])
    t.match(
      await poll(t, posServerAt(`http://${host}:8443`)),
      { failure: { code: "connect_refused", detail: /^address .+ is not allowed$/ } },
      host,
    );
});

t.test("a name that resolves to a metadata address is not connected to", async (t) => {
  t.match(
    await poll(t, posServerAt("http://pos.example"), {
      lookupName: async () => [{ address: "169.254.169.254", family: 4 }],
    }),
    {
      failure: { code: "connect_refused", detail: "address 169.254.169.254 is not allowed" },
    },
  );
});

t.test("of several addresses the allowed ones are tried until one answers", async (t) => {
  const { port } = await listenRaw(t, (socket) => socket.end(jsonAnswer(exampleReport())));
  const lookupName = async () => [
    { address: "169.254.169.254", family: 4 },
    { address: "::1", family: 6 },
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ];
  t.match(await poll(t, posServerAt(`http://pos.example:${port}`), { lookupName }), { ok: true });
});

t.test("when none of several addresses answers, the first refusal is named", async (t) => {
  const lookupName = async () => [
    { address: "127.0.0.2", family: 4 },
    { address: "127.0.0.3", family: 4 },
  ];
  t.match(await poll(t, posServerAt("http://pos.example:1"), { lookupName }), {
    failure: { code: "connect_refused", detail: "connect ECONNREFUSED 127.0.0.2:1" },
  });
});
