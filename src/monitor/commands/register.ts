import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { errorText } from "../../protocol/error-text.ts";
import { parseHttpUrl } from "../../protocol/http-url.ts";
import { parsePairingString } from "../../protocol/pairing-string.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import { sealedSecrets } from "../database/data-folder.ts";
import type { Db } from "../database/schema.ts";
import {
  addOrganization,
  addPosServer,
  findOrganizationId,
  organizationCreated,
  posServerEvent,
} from "../registry/registry.ts";
import { openSecretBox } from "../secrets/secret-box.ts";
import { callOf } from "../translations/call-of.ts";
import { OWNER, runCommand, withDatabase } from "./command-line.ts";

const USAGE = `Adds a POS server to the registry; safe while the server runs.

  ${callOf("register")} --crm-id 100237 --organization "Name" --name "Name of the POS server" [--http ADDRESS]

The pairing string is read from standard input, so that it stays out of the shell's history.
  --organization  is needed only for the first POS server of an organization
  --http          an address without encryption, http://host:port; its token is read from standard input
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "crm-id": { type: "string" },
      organization: { type: "string" },
      name: { type: "string" },
      http: { type: "string" },
    },
  });
  const { "crm-id": crmId, organization, name, http } = values;
  if (!crmId || !/^\d{1,20}$/.test(crmId) || !name?.trim()) throw new Error(USAGE);

  await withDatabase(async (database, config) => {
    const connection = http ? await readPlainConnection(http) : await readPairing();
    const now = Date.now();
    const secretBox = openSecretBox(config.dataDir, sealedSecrets(database.sqlite));
    const id = await database.db.transaction().execute(async (trx) => {
      const organizationId =
        (await findOrganizationId(trx, crmId)) ?? (await createOrganization(trx, organization, crmId, now));
      const posServer = {
        organizationId,
        name: name.trim(),
        ...connection,
        pollIntervalMs: null,
        isParked: false,
      };
      const posServerId = await addPosServer(trx, secretBox, posServer, now);
      await recordEvent(trx, OWNER, posServerEvent("pos_server_create", posServer, posServerId), now);
      return posServerId;
    });
    process.stdout.write(`POS server ${id} is in the registry and will be polled within a minute.\n`);
  });
}

async function createOrganization(trx: Db, typedName = "", crmId: string, now: number): Promise<number> {
  const name = typedName.trim();
  if (name === "")
    throw new Error(`There is no organization with CrmId ${crmId} yet: give its name with --organization.`);
  const id = await addOrganization(trx, { name, crmId }, now);
  await recordEvent(trx, OWNER, organizationCreated({ name, crmId }, id), now);
  return id;
}

async function readPairing() {
  const pairing = parsePairingString(await readLine("Pairing string: "));
  if (!pairing) {
    throw new Error(
      "This is no pairing string: it begins with poswatch:// and is printed by `npm run agent -- pairing`.",
    );
  }
  const { address, token, fingerprint, posServerId: identity } = pairing;
  return { connection: "direct" as const, address, token, fingerprint, identity };
}

async function readPlainConnection(http: string) {
  const url = parseHttpUrl(http);
  if (url?.protocol !== "http:" || url.username || url.search) {
    throw new Error("--http takes an address such as http://10.8.3.11:8443");
  }
  const address = url.href.replace(/\/$/, "");
  const token = await readLine("Token: ");
  return { connection: "direct" as const, address, token, fingerprint: null, identity: null };
}

async function readLine(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  if (process.stdin.isTTY) process.stderr.write(question);
  for await (const line of lines) return line.trim();
  return "";
}

runCommand(USAGE, main, explain);

function explain(error: unknown): string {
  const message = errorText(error);
  if (message.includes("pos_server.identity")) return "This POS server is in the registry already.";
  if (message.includes("pos_server.organization_id, pos_server.name")) {
    return "The organization has a POS server of this name already.";
  }
  return message;
}
