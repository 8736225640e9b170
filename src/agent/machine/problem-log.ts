import type { FastifyBaseLogger } from "fastify";

export type ProblemLog = ReturnType<typeof createProblemLog>;

/** Logs a problem only when it begins, changes or ends, however often it occurs. */
export function createProblemLog(logger: FastifyBaseLogger) {
  const current = new Map<string, string>();
  return {
    /** `problem` null = it works. */
    set(subject: string, problem: string | null): void {
      if (problem === (current.get(subject) ?? null)) return;
      if (problem === null) {
        current.delete(subject);
        logger.info({ subject }, "works again");
        return;
      }
      current.set(subject, problem);
      logger.warn({ subject, problem }, "cannot be read");
    },
  };
}
