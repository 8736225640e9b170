import { inspect } from "node:util";
import t from "tap";
import type { ImportPlan } from "../../../src/monitor/organizations/import/plan-import.ts";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { apply, codesOf, NOW, openRegistry, pairing, plan, type Registry, SECRET } from "./fixtures.ts";

const ORGANIZATION = "Ёлки";
const CRM_ID = "0100237";

/** An organization with the POS servers «Бар», paired as number 1, and «Кухня», called by address. */
async function addFleet(registry: Registry): Promise<void> {
  const kitchen = `;${CRM_ID};Кухня;http://10.8.0.2:8443;${SECRET}`;
  await apply(registry, await plan(registry, `${ORGANIZATION};${CRM_ID};Бар;${pairing(1)}`, kitchen));
}

function actionsOf({ rows }: ImportPlan): string[] {
  return rows.map((row) => row.action);
}

t.test("matches by CrmId and name in any letter case, and keeps the registered name", async (t) => {
  const registry = await openRegistry(t);
  await addFleet(registry);
  const found = await plan(
    registry,
    `ЕЛКИ;${CRM_ID};бар;${pairing(1)}`,
    `;${CRM_ID};КУХНЯ;http://10.8.0.2:8443;`,
    `;${CRM_ID.slice(1)};Бар;http://10.8.0.3:8443;`,
  );
  t.same(actionsOf(found), ["keep", "keep", "refuse"]);
  t.match(found.rows[0], { name: "Бар", organization: ORGANIZATION, changes: { length: 0 } });
  t.same(codesOf(found)[2], ["missing_field"], "a CrmId without its zero is another organization");
});

t.test("sends a stored token to no other place", async (t) => {
  const registry = await openRegistry(t);
  await addFleet(registry);
  const planned = await plan(registry, `;${CRM_ID};Кухня;http://10.8.0.2:8444;`);
  t.same(codesOf(planned), [["new_host_without_token"]]);
  const withToken = await plan(registry, `;${CRM_ID};Кухня;http://10.8.0.2:8444;another-token-of-it`);
  t.same(withToken.rows[0]?.changes, ["address", "token"]);
  const elsewhere = await plan(registry, `;${CRM_ID};Бар;https://10.8.0.9:8443;another-token-of-it`);
  t.same(elsewhere.rows[0]?.changes, ["address", "token", "certificate", "identity"], "unpinned elsewhere");
  const samePlace = await plan(registry, `;${CRM_ID};Бар;https://10.8.0.1:8443/pos;`);
  t.same(samePlace.rows[0]?.changes, ["address"], "pinned as before at the same place");
  const newCertificate = await plan(registry, `;${CRM_ID};Бар;${pairing(1, { certificate: "cd" })}`);
  t.same(newCertificate.rows[0]?.changes, ["certificate"], "a pairing string brings its token with it");
  const other = await plan(registry, `;${CRM_ID};Бар;${pairing(7)}`);
  t.same(other.rows[0]?.changes, ["address", "identity"]);
});

t.test("names each problem of a row by itself", async (t) => {
  const registry = await openRegistry(t);
  const cases: [string, string[]][] = [
    ["Ёлки;;Бар;http://a;", ["missing_field"]],
    ["Ёлки;1;;http://a;", ["missing_field"]],
    [";1;;;", ["missing_field"]],
    [";1;Бар;http://a;", ["missing_field"]],
    ["Ёлки;1a;Бар;http://a;", ["crm_id_not_digits"]],
    [`Ёлки;1;${"a".repeat(101)};http://a;`, ["name_too_long"]],
    [`${"a".repeat(101)};1;Бар;http://a;`, ["name_too_long"]],
    ["Ёлки;1;Бар;ftp://a;", ["address_not_http"]],
    ["Ёлки;1;Бар;http://a..b;", ["address_not_http"]],
    ["Ёлки;1;Бар;javascript:alert(1);", ["address_not_http"]],
    ["Ёлки;1;Бар;http://user:password@a;", ["address_not_http"]],
    ["Ёлки;1;Бар;10.8.0.1:8443;", ["address_not_http"]],
    ["Ёлки;1;Бар;http://169.254.169.254;", ["address_refused"]],
    ["Ёлки;1;Бар;http://[fe80::1];", ["address_refused"]],
    ["Ёлки;1;Бар;http://a;токен", ["malformed_token"]],
    [`Ёлки;1;Бар;${pairing(1).slice(0, -1)};`, ["malformed_pairing_string"]],
    [`Ёлки;1;Бар;${pairing(1, { host: "169.254.169.254" })};`, ["address_refused"]],
    [`Ёлки;1;Бар;${pairing(1)};token`, ["token_with_pairing_string"]],
    [`Ёлки;1;${pairing(1)};http://a;`, ["pairing_string_in_wrong_column", "name_too_long"]],
    ["Ёлки;x;;ftp://a;", ["missing_field", "crm_id_not_digits", "address_not_http"]],
  ];
  for (const [line, codes] of cases) {
    const found = await plan(registry, line);
    t.same(codesOf(found), [codes], line);
    t.same(actionsOf(found), ["refuse"], line);
  }
});

t.test("finds what contradicts another row or the registry", async (t) => {
  const registry = await openRegistry(t);
  const found = await plan(
    registry,
    `Ёлки;1;Бар;${pairing(1)}`,
    "Ёлки;1;БАР;http://a;",
    `елки;1;Кухня;${pairing(1)}`,
    "Сосны;1;Зал;http://c;",
  );
  t.same(codesOf(found), [[], ["repeated_pos_server"], ["repeated_identity"], ["organization_names_differ"]]);
  const values = found.rows.slice(1).map((row) => row.problems[0]?.values);
  t.same(values, [{ rowNumber: 2 }, { rowNumber: 2 }, { name: "Ёлки", rowNumber: 2 }]);

  await addFleet(registry);
  const lines = [`;${CRM_ID};Зал;${pairing(1)}`, `Сосны;${CRM_ID};Терраса;http://a;`];
  const taken = await plan(registry, ...lines);
  t.same(codesOf(taken), [["identity_registered"], ["organization_registered_as"]]);
  t.same(taken.rows[0]?.problems[0]?.values, { name: "Бар", organization: ORGANIZATION });

  await registry.db.updateTable("posServer").set({ name: "БАР" }).where("name", "=", "Кухня").execute();
  t.same(codesOf(await plan(registry, `;${CRM_ID};бар;http://a;token`)), [["name_ambiguous"]]);
  t.same(codesOf(await plan(registry, `;${CRM_ID};БАР;http://a;token`)), [[]], "the exact name decides");

  await setArchived(registry.db, 1, NOW);
  t.same(codesOf(await plan(registry, `;${CRM_ID};Зал;http://a;`)), [["organization_archived"]]);
});

t.test("shows no pairing string and no token, however a plan is printed", async (t) => {
  const registry = await openRegistry(t);
  const found = await plan(
    registry,
    `Ёлки;1;Бар;${pairing(1)}`,
    `Ёлки;1;${pairing(2)};http://a;${SECRET}`,
    `${pairing(3)};${pairing(3)};Зал;http://a;${pairing(3)}`,
    `Ёлки;1;Кухня;${pairing(4)}x?;`,
    `Ёлки;1;Терраса;http://user:${SECRET}@a;`,
  );
  t.match(found.rows[0], { address: "https://10.8.0.1:8443" }, "its address may be shown");
  t.notMatch(inspect(found, { depth: null, showHidden: true }), SECRET);
  t.notMatch(JSON.stringify(found), SECRET);
});
