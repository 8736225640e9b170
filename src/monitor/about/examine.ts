import { explainFailure } from "../database/disk-full.ts";
import {
  examineArchives,
  examineBackup,
  examineChannels,
  examineClock,
  examineDatabase,
  examineKey,
  examineLock,
} from "./examine-data.ts";
import { examineAgentPackage, examineData, examineSpace, examineVersion } from "./examine-machine.ts";
import { examineCertificates, examinePorts } from "./examine-network.ts";
import { DatabaseUnusable, EXAMINED, type Examined, type Finding, found } from "./finding.ts";

const EXAMINATIONS: Record<(typeof EXAMINED)[number], (examined: Examined) => Finding | Promise<Finding>> = {
  version: examineVersion,
  data: examineData,
  archives: examineArchives,
  space: examineSpace,
  clock: examineClock,
  lock: examineLock,
  database: examineDatabase,
  key: examineKey,
  certificates: examineCertificates,
  ports: examinePorts,
  backup: examineBackup,
  channels: examineChannels,
  agentPackage: examineAgentPackage,
};

/** Looks at everything that Poswatch needs. Never fails: an examination that fails is a finding too. */
export async function examine(examined: Examined) {
  return await Promise.all(
    EXAMINED.map(async (name) => {
      try {
        return { name, ...(await EXAMINATIONS[name](examined)) };
      } catch (error) {
        const isSaidAlready = error instanceof DatabaseUnusable && name !== "database";
        if (isSaidAlready) return { name, ...found("failed", "about.withoutDatabase") };
        return {
          name,
          ...found("failed", "about.unexamined", { reason: explainFailure(error, examined.config.dataDir) }),
        };
      }
    }),
  );
}
