const KEPT_PROCESSES = 64;
/** No agent is started so often within a minute: somebody takes a new name each time, so that who was there before it is forgotten. */
const MANY_STARTS = 16;
const MANY_STARTS_MS = 60_000;

/** A process of an agent that has dialled in. */
export interface AgentProcess {
  /** As it names itself; empty = it does not, which is a name too. */
  instance: string;
  /** Its machine as it names that, which stays when the agent is started anew; the process where it does not. */
  machine: string;
  /** What its machine is called; empty = it does not say. */
  host: string;
  address: string;
}

export interface SeenProcess extends AgentProcess {
  /** When it last dialled in, ms UTC. */
  seenAt: number;
}

/** Two machines with one identity, whoever came last last. */
export type Rivals = readonly [SeenProcess, SeenProcess];

/** Notices two machines with one identity, such as a copied disk: each takes the place of the other, again and again. */
export interface TwoMachines {
  /** To be told of each connection, by the id of the registry. */
  note(id: number, process: AgentProcess): void;
  /** Which two they are, until somebody has decided; null = there is one, as far as is known. */
  rivalsOf(id: number): Rivals | null;
  /** Nobody had decided when the program ended. */
  restore(id: number, pair: Rivals): void;
  /** @param kept the one of them that stays; null = nothing is known any more. @returns whether it is the one that is there. */
  settle(id: number, kept: string | null): boolean;
}

/** By what one of two is refused: by its machine, so that a new start changes nothing, or by its process where both name the same machine. */
export function refusalOf(other: AgentProcess, kept: AgentProcess): string {
  return other.machine === kept.machine ? `instance ${other.instance}` : `machine ${other.machine}`;
}

/** Whether a process is the one that was refused: whoever names itself as another's machine is named does not have that one refused. */
export function isRefused(refusal: string | null, { instance, machine }: AgentProcess): boolean {
  return refusal === `instance ${instance}` || refusal === `machine ${machine}`;
}

/** @param now ms UTC. */
export function createTwoMachines(now: () => number): TwoMachines {
  /** The newest last. */
  const seen = new Map<number, SeenProcess[]>();
  const rivals = new Map<number, Rivals>();
  /** Whom somebody has decided for. */
  const chosen = new Map<number, SeenProcess>();

  return {
    note(id, { instance, ...from }) {
      const process = { ...from, instance, seenAt: now() };
      const before = seen.get(id) ?? [];
      const last = before.at(-1);
      const others = before.filter((other) => other.instance !== instance);
      seen.set(id, [...others, process].slice(-KEPT_PROCESSES));
      // A process that was ended never comes back: whoever does has been running all the time.
      const hasComeBack = others.length < before.length;
      if (hasComeBack && last && last.instance !== instance) rivals.set(id, [last, process]);
      const [settled, first] = others.slice(-MANY_STARTS);
      const isFlood = others.length >= MANY_STARTS && first && process.seenAt - first.seenAt < MANY_STARTS_MS;
      if (settled && isFlood && !rivals.has(id)) rivals.set(id, [settled, process]);
      // Where there were two once, a third one need not come twice: the one that was kept may be away for a minute.
      const kept = chosen.get(id);
      if (kept && kept.instance !== instance && kept.machine !== process.machine)
        rivals.set(id, [kept, process]);
    },
    rivalsOf: (id) => rivals.get(id) ?? null,
    restore(id, pair) {
      rivals.set(id, pair);
    },
    settle(id, kept) {
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
