/** A task for a pool: tells its input and where it ran. */
export async function run(input: unknown): Promise<unknown> {
  return { input, pid: process.pid, bytes: new Uint8Array(1_000_000).fill(7) };
}
