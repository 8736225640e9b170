import type { FastifyInstance } from "fastify";
import { jobsOf } from "../../src/monitor/jobs.ts";

export async function runJob(app: FastifyInstance, name: string): Promise<void> {
  const job = jobsOf(app).find((one) => one.name === name);
  if (!job) throw new Error(`there is no job ${name}`);
  await job.run();
}

/** Lets runners do what can be done now, one after the other and nothing twice; then a test can move its clock. */
export async function letWork(...runners: { tick(): Promise<unknown>; idle(): Promise<unknown> }[]) {
  for (const runner of runners) {
    await runner.tick();
    await runner.idle();
  }
}
