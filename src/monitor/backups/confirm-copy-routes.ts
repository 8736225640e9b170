import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { letRestoredCopyAct } from "../installation/restored-copy.ts";

/** `POST /restored-copy/confirmations`: an administrator confirms that the old monitor is gone. */
export async function confirmCopyRoutes(app: FastifyInstance): Promise<void> {
  app.post(
    "/restored-copy/confirmations",
    { config: { access: "administrator" } },
    async (request, reply) => {
      await app.database.db.transaction().execute(async (trx) => {
        if (!(await letRestoredCopyAct(trx))) return;
        await recordEvent(trx, request.actor(), { action: "backup_restore_confirm" }, app.clock());
      });
      return reply.redirect("/pos-servers", 303);
    },
  );
}
