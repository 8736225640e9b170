import { errorText } from "../../protocol/error-text.ts";
import {
  examineBackup,
  examineChannels,
  examineClock,
  examineDatabase,
  examineKey,
  examineLock,
} from "./examine-data.ts";
import { examineAgentPackage, examineData, examineSpace, examineVersion } from "./examine-machine.ts";
import { examineCertificates, examinePorts } from "./examine-network.ts";
import { EXAMINED, type Examined, type Finding, found } from "./finding.ts";

const EXAMINATIONS: Record<(typeof EXAMINED)[number], (examined: Examined) => Finding | Promise<Finding>> = {
  version: examineVersion,
  data: examineData,
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

/** Looks at everything that Poswatch needs. Never fails: what cannot be looked at is a finding too. */
export async function examine(examined: Examined) {
  return await Promise.all(
    EXAMINED.map(async (name) => {
      try {
        return { name, ...(await EXAMINATIONS[name](examined)) };
      } catch (error) {
        return { name, ...found("failed", "about.unexamined", { reason: errorText(error) }) };
      }
    }),
  );
}
