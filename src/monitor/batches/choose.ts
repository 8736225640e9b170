import { idList } from "../database/id-list.ts";
import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { isProblem, isSilent } from "../fleet/state.ts";
import { readAcknowledgements } from "../restaurants/acknowledgements.ts";
import { canBeCalled } from "../restaurants/pos-server-to-call.ts";
import { readTags } from "../restaurants/tags.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import type { BatchKind, BatchParams, LeftOut } from "./kinds.ts";

export interface ChosenPosServer {
  id: number;
  leftOut: LeftOut | null;
}

interface Choice {
  access: OrganizationAccess;
  userId: number;
  kind: BatchKind;
  /** null = its form is not filled in yet. */
  params: BatchParams[BatchKind] | null;
}

/** Of these POS servers, those that somebody may see, in their order, each with why nothing is done for it. */
export async function choosePosServers(
  db: Db,
  ids: readonly number[],
  { access, userId, kind, params }: Choice,
  now: number,
): Promise<ChosenPosServer[]> {
  const wanted = idList(ids);
  const rows = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "connection", "address", "parked", "state", "failureCode", "serviceState"])
    .select(({ selectFrom, exists, or }) => {
      const isOpen = (table: "logRequest" | "serviceStart" | "databaseReset") =>
        exists(
          selectFrom(`${table as "logRequest"} as open`)
            .select("open.id")
            .whereRef("open.posServerId", "=", "posServer.id")
            .where("open.finishedAt", "is", null),
        );
      return [
        isOpen("logRequest").as("hasLogs"),
        or([isOpen("serviceStart"), isOpen("databaseReset")]).as("hasRepair"),
      ];
    })
    .where("posServer.id", "in", wanted)
    .where(isShownTo(access))
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  const known = [...found.keys()];
  const held = kind === "take" ? await readAcknowledgements(db, known, now) : null;
  const tags = kind === "tag" ? await readTags(db, known) : null;

  return ids.flatMap((id) => {
    const row = found.get(id);
    return row ? [{ id, leftOut: whyNot(row) }] : [];
  });

  function whyNot(row: (typeof rows)[number]): LeftOut | null {
    if (kind === "park") return row.parked === 1 ? "already" : null;
    if (kind === "tag") {
      if (params === null) return null;
      const has = new Set(tags?.get(row.id)?.map(({ name }) => searchText(name)));
      const isNew = (params as BatchParams["tag"]).tags.some((tag) => !has.has(searchText(tag)));
      return isNew ? null : "already";
    }
    if (row.parked === 1) return "parked";
    if (kind === "take") {
      const holder = held?.get(row.id);
      if (!isProblem(row.state)) return "over";
      return holder && holder.userId !== userId ? "held" : null;
    }
    if (!canBeCalled(row)) return "no_address";
    if (kind === "poll") return null;
    if (isSilent(row)) return "silent";
    if (kind === "logs") return row.hasLogs ? "under_way" : null;
    if (row.hasRepair) return "under_way";
    return row.serviceState === "stopped" ? null : "running";
  }
}
