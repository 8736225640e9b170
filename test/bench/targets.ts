/** What is wanted of a figure, as `quality.md` of the design says it. */
export interface Target {
  atMost?: number;
  atLeast?: number;
  unit: string;
  /** After the point, when it is told. */
  digits: number;
}

const atMost = (most: number, unit: string, digits = 1): Target => ({ atMost: most, unit, digits });
const atLeast = (least: number, unit: string, digits = 0): Target => ({ atLeast: least, unit, digits });

/** The one list of targets, in the order of that table. */
export const TARGETS = {
  pollingLatest: atMost(2, "s", 2),
  pollingLatenessP99: atMost(1, "s", 2),
  pollingMemory: atMost(450, "MB", 0),
  tlsPollCpu: atMost(0.3, "ms", 3),
  tlsConnectionMemory: atMost(50, "KB", 0),
  dialOutMemory: atMost(700, "MB", 0),
  dialOutBack: atMost(180, "s"),
  pollCpuOfBare: atMost(1, "×", 2),
  pageSize: atMost(200, "KiB", 0),
  pageOfBare: atLeast(40, "%"),
  pageWhilePolling: atMost(30, "ms"),
  unchangedOfBare: atLeast(50, "%"),
  listing: atMost(100, "ms"),
  incidentsSaved: atMost(12, "s"),
  pageDuringIncidents: atMost(150, "ms"),
  excelOfBare: atMost(1.2, "×", 2),
  excelLoopDelay: atMost(10, "ms"),
  excelMemory: atMost(350, "MB", 0),
  archiveMemory: atMost(64, "MB"),
  searchFirst: atMost(1, "s", 2),
  searchAll: atMost(10, "s"),
  searchMemory: atMost(50, "MB"),
  archiveOfZip: atLeast(40, "%"),
  agentCpu: atMost(0.3, "%", 2),
  agentIdleMemory: atMost(45, "MB"),
  agentBusyMemory: atMost(55, "MB"),
  agentResident: atMost(105, "MB"),
  agentFirstAnswer: atMost(0.7, "s", 2),
  agentHostileLine: atMost(2, "ms", 2),
  growthPerMillionPolls: atMost(1, "MB", 2),
  year: atMost(800, "MB", 0),
  start: atMost(1, "s", 2),
  demo: atMost(8, "s"),
  phoneBytes: atMost(48, "KB"),
  phoneRequests: atMost(5, "", 0),
  phoneLayoutShift: atMost(0, "", 4),
} satisfies Record<string, Target>;
