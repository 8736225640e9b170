import t from "tap";
import {
  applyImport,
  ImportNotAppliedError,
} from "../../../src/monitor/organizations/import/apply-import.ts";
import type { ImportPlan } from "../../../src/monitor/organizations/import/import-plan.ts";
import { addOrganization } from "../../../src/monitor/organizations/registry/registry.ts";
import { NOW, openRegistry, pairing, plan, type Registry, SECRET } from "./fixtures.ts";

async function listRegistered({ db, secretBox }: Registry) {
  const rows = await db
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .innerJoin("pos_status", "pos_server_id", "pos_server.id")
    .select([
      "crm_id",
      "organization.name as organization",
      "pos_server.name",
      "address",
      "sealed_token",
      "state",
    ])
    .orderBy("pos_server.id")
    .execute();
  return rows.map(({ sealed_token, ...row }) => ({
    ...row,
    token: sealed_token && secretBox.open(sealed_token),
  }));
}

async function apply({ db, secretBox }: Registry, shown: ImportPlan) {
  return await applyImport(db, secretBox, shown, NOW);
}

t.test("creates and changes what the plan shows, and does nothing the second time", async (t) => {
  const registry = await openRegistry(t);
  const lines = [
    `Ёлки;007;Бар;${pairing(1)}`,
    ";007;Кухня;http://10.8.0.2:8443;token-of-the-kitchen",
    "Сосны;8;Бар;http://10.8.0.3;",
  ];
  t.same(await apply(registry, await plan(registry, ...lines)), {
    createdOrganizations: 2,
    createdPosServers: 3,
    changedPosServers: 0,
  });
  const expected = [
    { organization: "Ёлки", crm_id: "007", name: "Бар", address: "https://10.8.0.1:8443", token: SECRET },
    { organization: "Ёлки", name: "Кухня", address: "http://10.8.0.2:8443", token: "token-of-the-kitchen" },
    { organization: "Сосны", name: "Бар", address: "http://10.8.0.3", token: null },
  ];
  t.match(await listRegistered(registry), expected);
  t.match(await listRegistered(registry), [{ state: "pending" }, { state: "pending" }, { state: "pending" }]);

  const same = await plan(registry, ...lines);
  t.same(await apply(registry, same), {
    createdOrganizations: 0,
    createdPosServers: 0,
    changedPosServers: 0,
  });

  const changed = await plan(registry, `;007;БАР;${pairing(9)}`, `;007;Зал;http://10.8.0.4;`);
  t.same(await apply(registry, changed), {
    createdOrganizations: 0,
    createdPosServers: 1,
    changedPosServers: 1,
  });
  t.match((await listRegistered(registry))[0], { name: "Бар", address: "https://10.8.0.9:8443" });
});

t.test("applies nothing of a file with a refused row", async (t) => {
  const registry = await openRegistry(t);
  const shown = await plan(registry, `Ёлки;7;Бар;${pairing(1)}`, ";7;Кухня;ftp://a;");
  await t.rejects(apply(registry, shown), ImportNotAppliedError);
  t.same(await listRegistered(registry), []);
});

t.test("applies nothing when the registry has changed since the plan was shown", async (t) => {
  const registry = await openRegistry(t);
  const shown = await plan(registry, `Ёлки;7;Бар;${pairing(1)}`, "Сосны;8;Бар;http://a;");
  await addOrganization(registry.db, { name: "Ёлки", crmId: "7" }, NOW);
  const error = await apply(registry, shown).then(
    () => t.fail("it was applied"),
    (error: unknown) => error,
  );
  if (!(error instanceof ImportNotAppliedError)) throw error;
  t.same(await listRegistered(registry), []);
  t.equal(error.plan.counts.organizations, 1, "and says what it would do now");
  t.same(await apply(registry, error.plan), {
    createdOrganizations: 1,
    createdPosServers: 2,
    changedPosServers: 0,
  });
});

t.test("leaves no row behind when writing fails in the middle", async (t) => {
  const registry = await openRegistry(t);
  const lines = Array.from({ length: 120 }, (_, index) => `Ёлки;7;POS ${index};http://10.8.0.${index}`);
  const shown = await plan(registry, ...lines);
  let sealed = 0;
  const failing: Registry["secretBox"] = {
    ...registry.secretBox,
    seal(text) {
      sealed++;
      if (sealed === 3) throw new Error("disk is full");
      return registry.secretBox.seal(text);
    },
  };
  const paired = await plan(
    registry,
    ...[1, 2, 3, 4].map((number) => `Сосны;8;POS ${number};${pairing(number)}`),
  );
  await t.rejects(applyImport(registry.db, failing, paired, NOW), { message: "disk is full" });
  t.same(await listRegistered(registry), []);
  t.same(await registry.db.selectFrom("organization").selectAll().execute(), []);
  t.equal((await apply(registry, shown)).createdPosServers, 120, "the database is usable");
});
