/** A task for a pool that fails. */
export async function run(): Promise<never> {
  throw new Error("nothing came of it");
}
