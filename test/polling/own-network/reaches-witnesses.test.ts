import { once } from "node:events";
import { createServer } from "node:net";
import t from "tap";
import {
  reachWitness,
  readWitnesses,
  writeWitnesses,
} from "../../../src/monitor/polling/own-network/witnesses.ts";

t.test(
  "whoever takes a connection is reached, also who refuses it, but no name that nobody knows",
  async (t) => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    t.equal(await reachWitness({ host: "127.0.0.1", port }), true);
    t.equal(await reachWitness({ host: "localhost", port }), true, "by its name");
    server.close();
    await once(server, "close");
    t.equal(await reachWitness({ host: "127.0.0.1", port }), true, "it is there to refuse");
    t.equal(await reachWitness({ host: "witness.invalid", port }), false);
  },
);

t.test("a metadata address is never called", async (t) => {
  t.equal(await reachWitness({ host: "169.254.169.254", port: 80 }), false);
});

const READ: [text: string, written: string | null][] = [
  ["", ""],
  ["gateway.chain.test", "gateway.chain.test:443"],
  [
    "10.0.0.1:53; провайдер.рф,https://ya.test/ 127.0.0.1:8080",
    "10.0.0.1:53, провайдер.рф:443, ya.test:443, 127.0.0.1:8080",
  ],
  ["[2001:db8::1]:53", "[2001:db8::1]:53"],
  ["[2001:db8::1]", "[2001:db8::1]:443"],
  ["a:0", null],
  ["a:65536", null],
  ["a:b", null],
  ["a/b", null],
  ["[1::2::3]", null],
  ["2001:db8::1", null],
  ["-a", null],
  ["169.254.169.254", null],
  ["a, b, c, d, e, f", null],
];

for (const [text, written] of READ) {
  t.test(`«${text}» is ${written === null ? "refused" : "read"}`, async (t) => {
    const read = readWitnesses(text);
    t.equal("witnesses" in read ? writeWitnesses(read.witnesses) : null, written);
  });
}
