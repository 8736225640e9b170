import t from "tap";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { writeOpeningHours } from "../../../src/monitor/fleet/opening-hours/change-opening-hours.ts";
import { keepClosings } from "../../../src/monitor/fleet/opening-hours/keep-closings.ts";
import { readHours } from "../../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../../../src/monitor/fleet/opening-hours/schedule.ts";
import { savePollResults } from "../../../src/monitor/polling/save-results.ts";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { deletePosServer } from "../../../src/monitor/registry/pos-servers.ts";
import { endOwnAcknowledgement, takeCare } from "../../../src/monitor/restaurants/acknowledge.ts";
import { endAcknowledgementsInTime } from "../../../src/monitor/restaurants/end-acknowledgements.ts";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor } from "../../helpers/app.ts";
import { HOUR_MS, MINUTE_MS } from "../../helpers/clock.ts";
import { failed, received } from "../../helpers/outcomes.ts";
import { signedIn } from "../../helpers/page.ts";
import { createRandom } from "../../helpers/random.ts";
import { moveTo } from "../../helpers/registry.ts";

const OPERATIONS = 400;
const POS_SERVERS = 14;
const ERRORS = [null, null, "Беда А", "Беда А", "Беда Б"];
const COUNTED = ["failing", "paused", "members", "reopenings", "cause_key", "state", "quiet_at", "closed_at"];

/** What triggers see, whoever writes it: they are there in this test only. */
const SEEN = `
  create temp table changed (queue text, id integer);
  create temp trigger trouble after update on main.pos_status
    when old.state <> new.state or old.cause_key is not new.cause_key or old.standing <> new.standing
    begin insert into changed values ('trouble', new.pos_server_id); end;
  create temp trigger incident_opened after insert on main.incident
    begin insert into changed values ('incident', new.id); end;
  create temp trigger incident_changed after update on main.incident
    when ${COUNTED.map((column) => `old.${column} is not new.${column}`).join(" or ")}
    begin insert into changed values ('incident', new.id); end;
  ${["insert", "update"]
    .map(
      (
        change,
      ) => `create temp trigger acknowledgement_${change}ed after ${change} on main.acknowledgement begin
        insert into changed select 'incident', incident_id from incident_member
        where pos_server_id = new.pos_server_id and status <> 'left';
        insert into changed select 'incident', new.incident_id where new.incident_id is not null;
      end;`,
    )
    .join("\n")}`;
const MISSED = `
  select distinct queue || ' ' || id from changed where id not in (
    select pos_server_id from trouble_change where queue = 'trouble'
    union all select incident_id from incident_change where queue = 'incident'
  ) and (queue = 'incident' or id in (select id from pos_server))`;

for (const seed of [1, 2])
  t.test(`whatever changes is queued, by whatever it was changed (${seed})`, async (t) => {
    const monitor = await startMonitor(t);
    const { app, clock } = monitor;
    const { db, sqlite } = app.database;
    const random = createRandom(seed);
    const { userId } = await signedIn(monitor, { isAdministrator: true });
    const actor = { userId, login: "anna", name: "Anna", address: "10.0.0.7" };
    const organizations = [await monitor.addOrganization(), await monitor.addOrganization()];
    const rules = await app.fleet.stateRules();
    const hours = readHours("пн–вс 10:00–16:00");
    if (!hours.ok) throw new Error("the hours are not read");
    const ids: number[] = [];
    const add = async () =>
      ids.push(await monitor.addPosServer({ organizationId: random.pick(organizations) ?? 0 }));
    for (let count = 0; count < POS_SERVERS; count++) await add();
    const some = () => ids.filter(() => random.chance(0.5));
    const one = () => random.pick(ids) ?? 0;
    const subject = async () => {
      const open = await db.selectFrom("incident").select("id").where("closedAt", "is", null).execute();
      const kind = open.length > 0 && random.chance(0.5) ? ("incident" as const) : ("posServer" as const);
      const id = kind === "incident" ? (random.pick(open)?.id ?? 0) : one();
      return { kind, id, name: null, organizationId: organizations[0] ?? 0 };
    };
    const save = async (outcomeOf: () => ReturnType<typeof received>) => {
      const polled = some().map((posServerId) => ({ posServerId, outcome: outcomeOf() }));
      await savePollResults(db, polled, rules);
    };

    const restore = async () => {
      for (const id of organizations) await setArchived(db, id, null);
    };

    const operations: Record<string, () => Promise<unknown>> = {
      report: () => {
        const error = random.pick(ERRORS) ?? null;
        return save(() => received(clock(), { error, syncedAgoMs: error === null ? 0 : HOUR_MS }));
      },
      silence: () => save(() => failed(clock())),
      park: () => setParked(db, one(), random.chance(0.5), clock()),
      archive: () => setArchived(db, random.pick(organizations) ?? 0, random.chance(0.3) ? 1 : null),
      async move() {
        await restore();
        await moveTo(monitor, one(), random.pick(organizations) ?? 0);
      },
      async replace() {
        await restore();
        const id = one();
        await deletePosServer(db, { id, name: "gone" }, clock());
        ids.splice(ids.indexOf(id), 1);
        await add();
      },
      async close() {
        const said = random.chance(0.5) ? hours.value : null;
        const openingHours = { timeZone: "Etc/UTC", hours: said, works: NO_WORKS };
        await writeOpeningHours(db, { posServerId: one() }, openingHours);
        await keepClosings(db, rules, clock());
      },
      async take() {
        const terms = { endsAt: clock() + HOUR_MS, note: random.pick(["x", null]) ?? null, insteadOf: null };
        await takeCare(db, actor, await subject(), terms, clock());
      },
      time: () => endAcknowledgementsInTime(db, clock()),
      end: async () => await endOwnAcknowledgement(db, actor, await subject(), clock()),
    };

    sqlite.exec(SEEN);
    const missed: string[] = [];
    const look = (what: string) => {
      const found = sqlite.prepare<[], string>(MISSED).pluck().all();
      missed.push(...found.map((change) => `${change} by ${what}`));
      sqlite.exec("delete from changed; delete from incident_change");
    };
    let changes = 0;
    for (let count = 0; count < OPERATIONS; count++) {
      clock.advance((random.pick([0, 1, 1, 5, 40]) ?? 0) * MINUTE_MS);
      const name = random.pick([...Object.keys(operations), "report", "report", "silence", "silence"]) ?? "";
      await operations[name]?.();
      changes += Number(sqlite.prepare("select count(*) from changed").pluck().get());
      look(name);
      await keepIncidents(db, clock());
      // It has taken troubles from their queue.
      sqlite.exec("delete from changed where queue = 'trouble'");
      look(`incidents after ${name}`);
    }
    t.same([...new Set(missed)], []);
    t.ok(changes > OPERATIONS, "much has changed");
  });
