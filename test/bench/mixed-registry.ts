/**
 * Fills a data folder with POS servers in every state, as if they had been polled: `node mixed-registry.ts DATA_DIR
 * COUNT [ORGANIZATIONS]`, in a process of its own, since it leaves a large heap behind. Prints `true`.
 */
import { fillDatabase } from "./fill-database.ts";
import { chainOrganizations, mixedPosServers } from "./mixed-chain.ts";

const [dataDir = "", count, organizationCount = "1000"] = process.argv.slice(2);
const now = Date.now();
const organizations = Number(organizationCount);
const posServers = mixedPosServers(Number(count), organizations, now);
await fillDatabase(dataDir, chainOrganizations(organizations), posServers, now);
process.stdout.write("true\n");
