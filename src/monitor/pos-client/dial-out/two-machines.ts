const KEPT_PROCESSES = 64;
/** No agent restarts this often in a minute: another machine takes a new name each time, to push out the known ones. */
const MANY_STARTS = 16;
const MANY_STARTS_MS = 60_000;

export interface AgentProcess {
  /** The name that the process gives itself; empty counts as a name too. */
  instance: string;
  /** The name of its machine, which survives restarts; that of the process if there is none. */
  machine: string;
  /** Its host name; empty = unknown. */
  host: string;
  address: string;
}

interface SeenProcess extends AgentProcess {
  /** When it last dialled in, ms UTC. */
  seenAt: number;
}

/** Two machines with one identity, the newest last. */
export type Rivals = readonly [SeenProcess, SeenProcess];

/** What is refused of one of two: its machine, so that a restart changes nothing, or its process if the machines have the same name. */
export function refusalOf(other: AgentProcess, kept: AgentProcess): string {
  return other.machine === kept.machine ? `instance ${other.instance}` : `machine ${other.machine}`;
}

/** Whether a process is the refused one; the kinds of names cannot be confused. */
export function isRefused(refusal: string | null, { instance, machine }: AgentProcess): boolean {
  return refusal === `instance ${instance}` || refusal === `machine ${machine}`;
}

/**
 * Notices two machines with one identity, such as a copied disk, that replace each other again and again. By registry id.
 * @param now ms UTC.
 */
export function createTwoMachines(now: () => number) {
  /** The newest last. */
  const seen = new Map<number, SeenProcess[]>();
  const rivals = new Map<number, Rivals>();
  /** Those that somebody has decided for. */
  const chosen = new Map<number, SeenProcess>();

  return {
    note(id: number, { instance, ...from }: AgentProcess): void {
      const process = { ...from, instance, seenAt: now() };
      const before = seen.get(id) ?? [];
      const last = before.at(-1);
      const others = before.filter((other) => other.instance !== instance);
      seen.set(id, [...others, process].slice(-KEPT_PROCESSES));
      // An ended process never comes back: one that does has been running all the time.
      const hasComeBack = others.length < before.length;
      if (hasComeBack && last && last.instance !== instance) rivals.set(id, [last, process]);
      const [settled, first] = others.slice(-MANY_STARTS);
      const isFlood = others.length >= MANY_STARTS && first && process.seenAt - first.seenAt < MANY_STARTS_MS;
      if (settled && isFlood && !rivals.has(id)) rivals.set(id, [settled, process]);
      // After a decision another machine need not come twice: the kept one may just be away for a minute.
      const kept = chosen.get(id);
      if (kept && kept.instance !== instance && kept.machine !== process.machine)
        rivals.set(id, [kept, process]);
    },
    /** The two, until somebody has decided; null = only one is known. */
    rivalsOf: (id: number): Rivals | null => rivals.get(id) ?? null,
    restore(id: number, pair: Rivals): void {
      rivals.set(id, pair);
    },
    /** @param kept the instance that stays; null = forget both. @returns whether it is the one connected now. */
    settle(id: number, kept: string | null): boolean {
      const before = seen.get(id) ?? [];
      const chosenOne = rivals.get(id)?.find(({ instance }) => instance === kept);
      rivals.delete(id);
      chosen.delete(id);
      if (chosenOne) chosen.set(id, chosenOne);
      seen.set(id, chosenOne ? [chosenOne] : []);
      return before.at(-1)?.instance === kept;
    },
  };
}
