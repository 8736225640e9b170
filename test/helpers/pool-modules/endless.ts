import { appendFileSync } from "node:fs";

/** A task for a pool that never ends; it adds a character to the file when it begins, if somebody looks. */
export async function run(begun: string | null): Promise<never> {
  if (begun !== null) appendFileSync(begun, ".");
  for (;;);
}
