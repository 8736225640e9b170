import t from "tap";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { addChannel, addOwnChannel, storedRules } from "../helpers/channels.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { signedIn, startAdministered, textOf } from "../helpers/page.ts";

const STATES = ["sync_error", "service_stopped", "not_serving", "unreachable", "sync_stale"];
const TERMS = { allOrganizations: "yes", state: STATES, afterMinutes: "10", commonAtOnce: "yes" };
const FORM = { ...TERMS, preview: "1" };
const NOTHING = "Сейчас не сработало бы: таких инцидентов нет.";
const PARTIAL = { "hx-request": "true", "hx-request-type": "partial" };

t.test("real incidents are counted by the terms that were typed, and nothing is saved", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const mine = await monitor.addOrganization("Моя");
  const other = await monitor.addOrganization("Чужая");
  const owner = await signedIn(monitor, { organizations: [mine] });
  const shared = await addChannel(monitor);
  const own = await addOwnChannel(monitor, owner, shared);
  const url = `/channels/${shared}/rules`;
  t.match(await admin.text(`${url}/new`), NOTHING, "it is said when the form opens");
  const [first = 0, second = 0] = await addExchanging(monitor, 2, [mine, other]);
  await monitor.report(first, { error: "Unknown failure of one" });
  await monitor.report(second, { service: null, error: "Another failure" });
  monitor.clock.advance(15 * MINUTE_MS);
  await breakAll(monitor, await addExchanging(monitor, 5, [other]));

  const count = async (fields: Record<string, string | string[]> = {}) =>
    textOf((await admin.post(url, { ...FORM, ...fields }, PARTIAL)).body);
  t.equal(await count(), "Сейчас сработало бы: 3 инцидента.");
  t.equal(await count({ commonAtOnce: "" }), "Сейчас сработало бы: 2 инцидента.");
  t.equal(await count({ afterMinutes: "20" }), "Сейчас сработало бы: 1 инцидент.");
  const ofMine = { allOrganizations: "", organization: String(mine) };
  t.equal(await count(ofMine), "Сейчас сработало бы: 1 инцидент.");
  t.equal(await count({ tags: "Москва" }), NOTHING);
  t.equal(await count({ state: "not_serving" }), NOTHING);
  t.equal(await count({ quietFrom: "00:00", quietTo: "23:59" }), "Сейчас сработало бы: 3 инцидента.");
  const wrong = await admin.post(url, { ...FORM, afterMinutes: "x" }, PARTIAL);
  t.equal(wrong.statusCode, 422);
  t.equal(textOf(wrong.body), "Чтобы посчитать, исправьте поля.");

  const ofOwner = await owner.post(`/channels/${own}/rules`, FORM, PARTIAL);
  t.equal(textOf(ofOwner.body), "Сейчас сработало бы: 1 инцидент.", "as its owner may see them");
  const ofOther = { ...FORM, allOrganizations: "", organization: [String(mine), String(other)] };
  const narrowed = await owner.post(`/channels/${own}/rules`, ofOther, PARTIAL);
  t.equal(textOf(narrowed.body), "Сейчас сработало бы: 1 инцидент.");
  t.same([await storedRules(monitor, shared), await storedRules(monitor, own)], [[], []]);
});

t.test("without a script the whole form comes back with the count, and with what was typed", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const [posServerId = 0] = await addExchanging(monitor, 1);
  await monitor.report(posServerId, { error: "Unknown failure" });
  const [rule] = await storedRules(monitor, id);
  for (const url of [`/channels/${id}/rules`, `/channels/${id}/rules/${rule?.id}`]) {
    const { statusCode, body } = await admin.post(url, { ...FORM, afterMinutes: "0", tags: "" });
    t.equal(statusCode, 200);
    t.match(body, /id="would-tell" role="status">Сейчас сработало бы: 1 инцидент\./);
    t.match(body, /name="afterMinutes"[^>]*value="0"/);
    t.match(body, `action="${url}"`);
  }
  t.same(await storedRules(monitor, id), [rule]);
});
