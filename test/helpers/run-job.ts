import type { FastifyInstance } from "fastify";
import { jobsOf } from "../../src/monitor/jobs.ts";

export async function runJob(app: FastifyInstance, name: string): Promise<void> {
  const job = jobsOf(app).find((one) => one.name === name);
  if (!job) throw new Error(`there is no job ${name}`);
  await job.run();
}
