import { findOrganization } from "../../src/monitor/registry/organizations.ts";
import { findRegisteredPosServer, movePosServer } from "../../src/monitor/registry/pos-servers.ts";
import type { TestMonitor } from "./app.ts";

export async function moveTo({ app }: TestMonitor, id: number, organizationId: number): Promise<void> {
  await app.database.db.transaction().execute(async (trx) => {
    const posServer = await findRegisteredPosServer(trx, app.secretBox, String(id));
    const organization = await findOrganization(trx, String(organizationId));
    if (!posServer || !organization) throw new Error(`no ${id} to move, or no ${organizationId}`);
    await movePosServer(trx, posServer, organization, app.clock());
  });
}
