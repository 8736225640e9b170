/** So long after it was last heard a machine keeps its identity. */
const KEPT_MS = 10 * 60_000;
/** A refused agent tries again every minute. */
const REFUSED_FOR_MS = 3 * 60_000;
const REMEMBERED_INSTANCES = 16;

export interface AgentProcess {
  /** The name that the process gives itself; may be empty. */
  instance: string;
  /** The name of its machine, which survives restarts; that of the process if there is none. */
  machine: string;
  /** Its host name; empty = unknown. */
  host: string;
  address: string;
}

/** The machine that reported last, as the database has it: it counts after a restart of the monitor. */
export interface ReportedMachine {
  machine: string | null;
  /** ms UTC. */
  at: number | null;
}

export type RefusedMachine = Pick<AgentProcess, "machine" | "host" | "address">;

interface Holder {
  machine: string;
  /** null = it has yet to connect. */
  instance: string | null;
  /** Instances before this one: an ended process never comes back, so one that does is another machine. */
  replaced: readonly string[];
  /** By the monotonic clock. */
  heardAt: number;
}

interface MachinesOptions {
  now: () => number;
  monotonicClock: () => number;
  isConnected: (id: number) => boolean;
}

/** Knows which machine has an identity, by registry id: the first keeps it while it is there. */
export function createMachines({ now, monotonicClock, isConnected }: MachinesOptions) {
  const holders = new Map<number, Holder>();
  const refused = new Map<number, RefusedMachine & { at: number }>();

  return {
    /** Whether another machine has the identity; then this one is shown as refused for a while. */
    refuses(id: number, process: AgentProcess, reported: ReportedMachine | null = null): boolean {
      const holder = holders.get(id);
      const isRefused = holder ? isKeptFrom(id, holder, process) : isReportedByAnother(process, reported);
      if (isRefused) refused.set(id, { ...process, at: monotonicClock() });
      else if (refused.get(id)?.machine === process.machine) refused.delete(id);
      return isRefused;
    },
    /** Notes who has connected. */
    take(id: number, { machine, instance }: AgentProcess): void {
      const before = holders.get(id);
      const instances = [...(before?.replaced ?? []), before?.instance ?? instance];
      const replaced = instances.filter((other) => other !== instance).slice(-REMEMBERED_INSTANCES);
      holders.set(id, { machine, instance, replaced, heardAt: monotonicClock() });
    },
    noteEnd(id: number, heardAt: number): void {
      const holder = holders.get(id);
      if (holder) holder.heardAt = heardAt;
    },
    /** Gives the identity to a machine that may still have to connect. */
    give(id: number, machine: string): void {
      holders.set(id, { machine, instance: null, replaced: [], heardAt: monotonicClock() });
    },
    forget(id: number): void {
      holders.delete(id);
      refused.delete(id);
    },
    refusedOf(id: number): RefusedMachine | null {
      const machine = refused.get(id);
      return machine && monotonicClock() - machine.at < REFUSED_FOR_MS ? machine : null;
    },
  };

  function isKeptFrom(id: number, holder: Holder, { instance, machine }: AgentProcess): boolean {
    const isSame =
      !holder.replaced.includes(instance) && (holder.instance === instance || holder.machine === machine);
    return !isSame && (isConnected(id) || monotonicClock() - holder.heardAt <= KEPT_MS);
  }

  function isReportedByAnother({ machine }: AgentProcess, reported: ReportedMachine | null): boolean {
    if (!reported?.machine || reported.at === null || reported.machine === machine) return false;
    return Math.abs(now() - reported.at) <= KEPT_MS;
  }
}
