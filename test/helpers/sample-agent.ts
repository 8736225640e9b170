import { startTestAgent } from "./agent.ts";
import type { Owner } from "./owner.ts";
import { makeSampleService } from "./sample-service.ts";

/** An agent whose service is a program, and the folder of both. */
export async function startSampleAgent(t: Owner, settings: Parameters<typeof makeSampleService>[1] = {}) {
  const pos = await makeSampleService(t, settings);
  return { pos, agent: await startTestAgent(t, pos) };
}
