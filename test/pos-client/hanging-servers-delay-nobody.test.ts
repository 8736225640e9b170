import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { jsonAnswer, listenRaw } from "../helpers/misbehaving-server.ts";
import { PATIENT_LIMITS } from "../helpers/poll-outcomes.ts";
import { exampleReport, posServerAt } from "../helpers/pos-server.ts";
import { waitFor } from "../helpers/wait-for.ts";

const HANGING_COUNT = 200;

for (const keepConnections of [true, false]) {
  t.test(`200 hanging POS servers (connections ${keepConnections ? "kept" : "not kept"})`, async (t) => {
    const hanging = await listenRaw(t, () => undefined);
    const healthy = await listenRaw(t, (socket) => socket.write(jsonAnswer(exampleReport())));
    const client = createPosClient({
      keepConnections,
      limits: { ...PATIENT_LIMITS, headersTimeoutMs: 5_000 },
    });
    t.teardown(() => client.close());

    const polls = Array.from({ length: HANGING_COUNT }, (_, index) =>
      client.fetchStatus(posServerAt(hanging.address, { id: index + 10 })),
    );
    await waitFor(() => hanging.received.filter((request) => request !== "").length === HANGING_COUNT);
    let isOneOver = false;
    void Promise.race(polls).then(() => {
      isOneOver = true;
    });
    t.match(await client.fetchStatus(posServerAt(healthy.address)), { ok: true });
    t.notOk(isOneOver, "the healthy one is answered while the others hang");

    const outcomes = await Promise.all(polls);
    t.ok(outcomes.every((outcome) => !outcome.ok && outcome.failure.code === "response_timeout"));
  });
}
