/** A program: fills a data folder with POS servers as if they had been polled, in every state or those of a fleet. */
import { fillDatabase } from "./fill-database.ts";
import { chainOrganizations, mixedPosServers } from "./mixed-chain.ts";
import { printResult, readInput } from "./program.ts";
import { type Fleet, fleetPosServer, ORGANIZATIONS } from "./simulated-fleet.ts";

export interface RegistryInput {
  dataDir: string;
  posServers: number;
  /** Where they answer; no poll changes a state. */
  fleet?: Fleet;
  /** How many of the fleet dial in. */
  dialling?: number;
  pollIntervalMs?: number;
}

const { dataDir, posServers, fleet, ...terms }: RegistryInput = readInput();
const now = Date.now();
const { dialling = 0, pollIntervalMs } = terms;

function* posServersOf(fleet: Fleet) {
  for (let n = 0; n < posServers; n += 1) {
    const posServer = { ...fleetPosServer(fleet, n, now), pollIntervalMs };
    yield n < dialling ? { ...posServer, address: null } : posServer;
  }
}

const chain = fleet ? posServersOf(fleet) : mixedPosServers(posServers, ORGANIZATIONS, now);
await fillDatabase(dataDir, chainOrganizations(ORGANIZATIONS), chain, now);
printResult(true);
