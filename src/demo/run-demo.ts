import { type DemoOptions, startDemo } from "./demo.ts";

export interface DemoRun extends DemoOptions {
  /** What the first line that it prints when it is ready calls it. */
  name: string;
  /** Password of both users, for that line. */
  password: string;
}

/** Runs the demo until Ctrl-C or SIGTERM. @throws when a part of it cannot start or ends by itself. */
export async function runDemo({ name, password, ...options }: DemoRun): Promise<void> {
  const demo = startDemo(options);
  const stopAsked = new Promise<void>((resolve) => {
    // Both come twice when npm passes on what the terminal has already sent to every process.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
  });

  try {
    const ready = await Promise.race([demo.ready, stopAsked]);
    if (!ready) return;
    const { monitorUrl, arrivalsUrl } = ready;
    process.stdout.write(`Poswatch ${name}: ${monitorUrl} login admin or manager password ${password}\n`);
    process.stdout.write(`Messages it sends: ${arrivalsUrl}\n`);
    await Promise.race([stopAsked, demo.childEnded.then(throwEnded)]);
  } finally {
    await demo.stop();
  }
}

function throwEnded(): never {
  throw new Error("A part of the demo has ended unexpectedly");
}
