import { writeFileSync } from "node:fs";
import fp from "fastify-plugin";
import { setOnTrial } from "./restored-copy.ts";

interface TrialOptions {
  /** Made when the migrations are done, by a version that is on trial; null = it is the one to run. */
  trialFile: string | null;
}

/** Holds a new version back until it has proved itself; whoever tries it then starts it anew. */
export default fp<TrialOptions>(
  async (app, { trialFile }) => {
    await setOnTrial(app.database.db, trialFile !== null);
    if (trialFile !== null) writeFileSync(trialFile, "");
  },
  { name: "trial", dependencies: ["database"] },
);
