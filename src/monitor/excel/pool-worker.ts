import { answerParent } from "../../protocol/answer-parent.ts";

export interface PoolTask {
  /** The address of a `PoolModule`. */
  module: string;
  input: unknown;
}

/** What a module for the pool exports. */
export interface PoolModule {
  run(input: unknown): Promise<unknown>;
}

answerParent(async ({ module, input }: PoolTask) => {
  const { run }: PoolModule = await import(module);
  return await run(input);
});
