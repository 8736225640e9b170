import { setTimeout as delay } from "node:timers/promises";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import type { Random } from "../helpers/random.ts";
import type { Way } from "./proxy.ts";
import type { SoakedAgent } from "./soaked-agent.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

const MAX_PAUSE_MS = 4_000;
const MAX_FAULT_MS = 8_000;
const START_AGAIN_MS = 1_000;
const JUMPS_MS = [10_000, -10_000, HOUR_MS, -HOUR_MS, 8 * HOUR_MS, -8 * HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS];
const BAD_WAYS: Way[] = ["refuses", "delays", "trickles"];

type Fault = (world: World, random: Random, tally: Tally) => Promise<void>;

/** Throws one of these faults after the other until told to stop; then the last one is over. */
export async function throwFaults(
  faults: readonly Fault[],
  world: World,
  random: Random,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(random.next() * MAX_PAUSE_MS);
    await random.pick(faults)?.(world, random, tally);
  }
}

/** Makes everything good again: whatever runs then is new, and nothing stands in its way. */
export async function endFaults(world: World): Promise<void> {
  for (const agent of world.agents) {
    agent.proxy.way = "passes";
    await agent.start();
  }
  await world.monitor.kill();
  await startMonitor(world);
}

const killMonitor: Fault = async (world, _random, tally) => {
  await world.monitor.kill();
  tally.count("kills of the monitor");
  await startMonitor(world);
};

async function startMonitor({ monitor }: World): Promise<void> {
  while (!(await monitor.start())) await delay(START_AGAIN_MS);
}

const killAgent: Fault = async (world, random, tally) => {
  const agent = anyAgent(world, random);
  await agent.kill();
  tally.count("kills of an agent");
  await delay(random.next() * MAX_FAULT_MS);
  await agent.start();
};

const cut: Fault = async (world, random, tally) => {
  anyAgent(world, random).proxy.cut();
  tally.count("cuts");
};

const worsenWay: Fault = async (world, random, tally) => {
  const { proxy } = anyAgent(world, random);
  proxy.way = random.pick(BAD_WAYS) ?? "refuses";
  tally.count(`ways that ${proxy.way.replace(/s$/, "")}`);
  await delay(random.next() * MAX_FAULT_MS);
  proxy.way = "passes";
};

/** Nobody is reached for a while, and then everybody at once. */
const blink: Fault = async ({ agents }, random, tally) => {
  tally.count("blinks of the network");
  for (const { proxy } of agents) {
    proxy.way = "refuses";
    proxy.cut();
  }
  await delay(random.next() * 2 * MAX_FAULT_MS);
  for (const { proxy } of agents) proxy.way = "passes";
};

const setClock: Fault = async ({ clock }, random, tally) => {
  if (!clock) return;
  clock.jump(random.pick(JUMPS_MS) ?? 0);
  tally.count("jumps of the clock");
};

const fillDisk: Fault = async (world, random, tally) => {
  const { disk } = world;
  if (!disk) return;
  disk.fill();
  tally.count("fills of the disk");
  if (random.chance(0.3)) {
    await world.monitor.kill();
    if (!(await world.monitor.start())) tally.count("starts refused on a full disk");
  }
  await delay(random.next() * MAX_FAULT_MS);
  disk.free();
  if (world.monitor.url === null) await startMonitor(world);
};

function anyAgent({ agents }: World, random: Random): SoakedAgent {
  const agent = random.pick(agents);
  if (!agent) throw new Error("there is no agent");
  return agent;
}

/** Of the monitor, its clock and its disk. */
export const MONITOR_FAULTS = [killMonitor, setClock, fillDisk];
/** Of agents and the ways to them. */
export const AGENT_FAULTS = [killAgent, cut, blink, blink, worsenWay, worsenWay];
