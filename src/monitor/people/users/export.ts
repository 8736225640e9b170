import type { UserState } from "../../access/users.ts";
import type { Db } from "../../database/schema.ts";
import { addAboutSheet, exportTitle, timeHeading } from "../../excel/export-words.ts";
import type { ExportModule } from "../../excel/export-worker.ts";
import type { Tone } from "../../excel/palette.ts";
import type { BoldText, Cell, SheetSetup } from "../../excel/sheet.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type ListedUser, listUsers, organizationsInWords } from "./list-users.ts";

export interface UserExportQuery {
  /** Part of login or name. */
  wanted: string;
}

/** As on the page. */
const STATE_TONES: Record<UserState, Tone> = { active: "green", invited: "blue", blocked: "grey" };

type UserTimes = Awaited<ReturnType<typeof listUserTimes>>;

/** Writes the Excel file for a review of access: users, and a row for each right that one of them has. */
export const write: ExportModule<UserExportQuery>["write"] = async (
  workbook,
  db,
  viewer,
  { wanted },
  now,
) => {
  const users = await listUsers(db, wanted);
  const times = await listUserTimes(db);
  const ticked = Map.groupBy(await listTickedRights(db), ({ userId }) => userId);
  const userSheet = workbook.addSheet(usersSheet(viewer, now));
  for (const user of users) await userSheet.add(userRow(viewer, user, times));
  const rightSheet = workbook.addSheet(rightsSheet(viewer));
  for (const user of users) {
    for (const row of rightsOf(viewer, user, ticked.get(user.id) ?? [])) await rightSheet.add(row);
  }
  const filter: [string, string][] = wanted === "" ? [] : [[viewer.t("users.search"), wanted]];
  await addAboutSheet(workbook, { viewer, now, rows: users.length, filter });
  return users.length;
};

function usersSheet(viewer: Viewer, now: number): SheetSetup {
  const { t } = viewer;
  return {
    name: exportTitle(viewer, "users", now),
    columns: [
      { heading: t("users.name") },
      { heading: t("users.login") },
      { heading: t("posServers.column.state") },
      { heading: t("users.administrator") },
      { heading: t("users.organizations") },
      { heading: timeHeading(t("excel.column.createdAt"), viewer) },
      { heading: timeHeading(t("excel.column.signedInAt"), viewer) },
    ],
    hasFilter: true,
  };
}

function userRow(viewer: Viewer, user: ListedUser, times: UserTimes): Cell[] {
  const { t } = viewer;
  const { createdAt, signedInAt } = times.get(user.id) ?? {};
  return [
    user.name,
    user.login,
    stateCell(viewer, user),
    t(`excel.${user.isAdministrator ? "yes" : "no"}`),
    organizationsInWords(viewer, user),
    createdAt ? new Date(createdAt) : null,
    signedInAt ? new Date(signedInAt) : null,
  ];
}

function stateCell({ t }: Viewer, { state }: ListedUser): BoldText {
  return { text: t(`users.state.${state}`), tone: STATE_TONES[state] };
}

function rightsSheet({ t }: Viewer): SheetSetup {
  return {
    name: t("excel.rights"),
    columns: [
      { heading: t("users.name") },
      { heading: t("users.login") },
      { heading: t("posServers.column.state") },
      { heading: t("posServers.column.organization") },
      { heading: t("excel.column.crmId") },
      { heading: t("excel.column.ground") },
    ],
    hasFilter: true,
  };
}

function rightsOf(
  viewer: Viewer,
  user: ListedUser,
  ticked: Awaited<ReturnType<typeof listTickedRights>>,
): Cell[][] {
  const { t } = viewer;
  const who = [user.name, user.login, stateCell(viewer, user)];
  if (user.organizations === "all") {
    const ground = t(user.isAdministrator ? "users.administrator" : "users.rightsForAll");
    return [[...who, t("users.allOrganizations"), null, ground]];
  }
  return ticked.map(({ organizationName, crmId }) => [...who, organizationName, crmId, t("excel.ticked")]);
}

async function listUserTimes(db: Db) {
  const rows = await db
    .selectFrom("user")
    .leftJoin("auditEvent", (join) =>
      join
        .onRef("auditEvent.userId", "=", "user.id")
        .on("auditEvent.action", "=", "sign_in")
        .on("auditEvent.result", "=", "done"),
    )
    .select(["user.id", "user.createdAt"])
    .select(({ fn }) => fn.max("auditEvent.at").as("signedInAt"))
    .groupBy("user.id")
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function listTickedRights(db: Db) {
  return await db
    .selectFrom("userOrganization")
    .innerJoin("organization", "organization.id", "userOrganization.organizationId")
    .select(["userOrganization.userId", "organization.name as organizationName"])
    .select("organization.crmId")
    .where("organization.archivedAt", "is", null)
    .orderBy("organization.nameSort")
    .orderBy("organization.id")
    .execute();
}
