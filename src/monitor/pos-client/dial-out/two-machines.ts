const KEPT_PROCESSES = 4;
const NOTICED_FOR_MS = 60 * 60_000;

/** A process of an agent that has dialled in. */
export interface AgentProcess {
  /** As it names itself; null = it does not. */
  instance: string | null;
  address: string;
}

/** Notices two machines with one identity, such as a copied disk: each takes the place of the other, again and again. */
export interface TwoMachines {
  /** To be told of each connection, by the id of the registry. */
  note(id: number, process: AgentProcess): void;
  /** From where the other one came last; null = there is none, as far as is known. */
  rivalOf(id: number): string | null;
}

/** @param clock ms, only ever forwards. */
export function createTwoMachines(clock: () => number): TwoMachines {
  /** The newest last. */
  const seen = new Map<number, AgentProcess[]>();
  const rivals = new Map<number, { address: string; noticedAt: number }>();

  return {
    note(id, process) {
      const before = seen.get(id) ?? [];
      const last = before.at(-1);
      if (process.instance === null || last?.instance === process.instance) return;
      // A process that was ended never comes back: whoever does has been running all the time.
      const hasComeBack = before.some(({ instance }) => instance === process.instance);
      if (hasComeBack && last) rivals.set(id, { address: last.address, noticedAt: clock() });
      const others = before.filter(({ instance }) => instance !== process.instance);
      seen.set(id, [...others, process].slice(-KEPT_PROCESSES));
    },
    rivalOf(id) {
      const rival = rivals.get(id);
      if (!rival) return null;
      if (clock() - rival.noticedAt < NOTICED_FOR_MS) return rival.address;
      rivals.delete(id);
      return null;
    },
  };
}
