import type { FastifyBaseLogger } from "fastify";

/** Logs a problem only when it begins, changes or ends, however often it occurs. */
export interface ProblemLog {
  /** `problem` null = it works. */
  set(subject: string, problem: string | null): void;
}

export function createProblemLog(logger: FastifyBaseLogger): ProblemLog {
  const current = new Map<string, string>();
  return {
    set(subject, problem) {
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
