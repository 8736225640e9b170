import t from "tap";
import {
  createPendingImports,
  MAX_PENDING,
  MAX_PENDING_PER_USER,
  PENDING_IMPORT_MS,
} from "../../../src/monitor/organizations/import/pending-imports.ts";
import { NOW, openRegistry, pairing, plan } from "./fixtures.ts";

const USER = 1;
const OTHER_USER = 2;

t.test("keeps the plan of an import for its user alone, for 30 minutes", async (t) => {
  const pending = createPendingImports();
  const shown = await plan(await openRegistry(t), `Ёлки;7;Бар;${pairing(1)}`);
  const id = pending.keep(USER, shown, NOW);

  t.equal(pending.find(USER, id, NOW + PENDING_IMPORT_MS - 1), shown);
  pending.drop(OTHER_USER, id);
  t.equal(pending.find(USER, id, NOW), shown, "another user cannot drop it");
  t.equal(pending.find(USER, id, NOW + PENDING_IMPORT_MS), null, "expired");
  t.equal(pending.find(USER, id, NOW), null, "and forgotten");
});

t.test("keeps a few for each user and 20 in all, dropping the oldest", async (t) => {
  const pending = createPendingImports();
  const shown = await plan(await openRegistry(t), `Ёлки;7;Бар;${pairing(1)}`);
  const own = Array.from({ length: MAX_PENDING_PER_USER + 1 }, () => pending.keep(USER, shown, NOW));
  const isKept = own.map((id) => pending.find(USER, id, NOW) !== null);
  t.same(isKept, [false, true, true, true]);
  const others = Array.from({ length: MAX_PENDING - MAX_PENDING_PER_USER }, (_, index) =>
    pending.keep(OTHER_USER + index, shown, NOW),
  );
  t.ok(pending.find(USER, own[1] ?? "", NOW), "20 in all");
  pending.keep(1_000, shown, NOW);
  t.notOk(pending.find(USER, own[1] ?? "", NOW), "the oldest made room");
  t.ok(pending.find(OTHER_USER, others[0] ?? "", NOW));
});
