/** The details of an event, in order: data that each viewer reads in their own language. */
export type AuditDetail = readonly AuditDetailPart[];

export type AuditDetailPart = {
  [Key in AuditDetailKey]: { key: Key; values: AuditDetailValues[Key] };
}[AuditDetailKey];

/** The catalogs have the phrases as `audit.detail.<key>`, but one for all changes and none for failures. A key never changes: events are read for years. */
export type AuditDetailKey = keyof AuditDetailValues;

/** The values of each phrase: texts and numbers as they are, or codes, which are translated. Never a secret. */
export interface AuditDetailValues {
  tooManyAttempts: NoValues;
  newUser: { name: string };
  newAdministrator: { name: string };
  renamed: { before: string; after: string };
  /** `language` is a code; without a time zone it is the browser's. */
  preferences: { language: string; timeZone: string | null };

  allRightsAdded: NoValues;
  allRightsRemoved: NoValues;
  rightAdded: { name: string; crmId: string };
  rightRemoved: { name: string; crmId: string };
  moreRightsAdded: { count: number };
  moreRightsRemoved: { count: number };

  /** Of a token of the API. */
  tokenScopes: { scopes: string };
  tokenEnd: { at: number };
  crmId: { crmId: string };
  codeUses: { count: number };
  address: { address: string };
  registryChange: { field: RegistryField } & Change;
  tokenReplaced: NoValues;
  parkingReason: { reason: string };
  /** ms UTC, like every `at`, `fromAt` and `toAt`. */
  parkingEnd: { at: number };
  parkingEnded: NoValues;
  takingUntil: { at: number };
  takingNote: { note: string };
  /** Of an incident of many. */
  takingOfIncident: { id: number };
  /** Who had it before. */
  takingInsteadOf: { name: string };
  /** `end` is an EndByItself. */
  takingEnded: { name: string; end: string };
  restaurantNoteChange: { field: RestaurantNoteField } & Change;
  /** Separated by commas. */
  tagsAdded: { tags: string };
  tagsRemoved: { tags: string };
  /** As `readHours` and `readWorks` read them; null = they were removed. */
  openingHours: { hours: string | null };
  plannedWorks: { works: string | null };
  hoursTimeZone: { timeZone: string | null };
  /** Of the POS server with which an update of agents begins. */
  updateFirst: { name: string };
  imported: { created: number; changed: number; organizations: number };
  /** `setting` is the name of its field. */
  settingChange: { setting: string } & Change;
  backupMade: { at: number };
  exported: { rows: number; url: string };

  /** `kind` is a BatchKind; `count`: of the POS servers for which something was begun. */
  batch: { kind: string; id: number; count: number };
  /** `count`: of those that were not begun. */
  batchStopped: { id: number; count: number };
  period: { fromAt: number; toAt: number };
  archives: { archives: number; files: number };
  archivesMissing: { archives: number };
  archive: { path: string };
  /** `count`: of the POS servers whose logs are searched. */
  logSearch: { id: number; text: string; count: number };
  logSearchStopped: { id: number };
  archivedLog: { day: string; number: number; file: string };

  logsFirst: NoValues;
  noLogs: NoValues;
  startAfter: NoValues;
  noStart: NoValues;
  /** `step` is a DatabaseResetStep. */
  resetStep: { step: string };
  exchangeRestored: { seconds: number };
  resetRefusal: Failure;
  /** Of a command: a reset, the start of a service. */
  commandFailure: Failure;
  logFailure: Failure;
  callFailure: Failure;
  /** A request that waits for an agent that is away: `request` is its action; `until` in ms UTC. */
  agentAwaited: { request: string; until: number };

  /** `scope` is a Scope of log patterns. */
  logPatternsScope: { scope: string };
  logPatterns: { succeeded: number; failed: number; attempted: number; excluded: number };
  logPatternsSource: { name: string };
  teachingFailure: Failure;
  updateFailure: Failure;

  /** `kind` is a ChannelKind. */
  channelKind: { kind: string };
  /** Of one person, not of all. */
  channelOwn: NoValues;
  /** Addresses, a chat, or where a webhook leads without its path. */
  channelReach: { reach: string };
  /** Whose server it uses. */
  channelVia: { name: string };
  channelServer: { server: string };
  channelChange: { field: ChannelField } & Change;
  channelSecretReplaced: { secret: ChannelSecret };
  /** Those of single people that went through it. */
  channelsBelow: { count: number };
  channelAnswer: { answer: string };
  /** `code` is a ChannelFailure. */
  channelFailure: Failure;
  ruleOfDefault: NoValues;
  ruleAllOrganizations: NoValues;
  /** Separated by commas, as tags and states are. */
  ruleOrganizations: { names: string };
  ruleTags: { tags: string | null };
  ruleStates: { states: string };
  ruleAfter: { minutes: number };
  ruleCommonAtOnce: { isAtOnce: boolean };
  /** Minutes of the day; null = none. */
  ruleQuietHours: { from: number | null; to: number | null };
  ruleRepeat: { minutes: number | null };
  ruleEscalation: { minutes: number | null; name: string | null };
  /** As Telegram names its person. */
  messengerAccount: { name: string };
}

export const REGISTRY_FIELDS = [
  "name",
  "crmId",
  "address",
  "fingerprint",
  "identity",
  "interval",
  "logLines",
] as const;
export type RegistryField = (typeof REGISTRY_FIELDS)[number];

export const RESTAURANT_NOTE_FIELDS = ["phone", "person", "text"] as const;
export type RestaurantNoteField = (typeof RESTAURANT_NOTE_FIELDS)[number];

export const CHANNEL_FIELDS = [
  "name",
  "via",
  "to",
  "host",
  "port",
  "security",
  "login",
  "from",
  "authorities",
  "chatId",
  "topicId",
  "baseUrl",
  "proxy",
  "proxyLogin",
  "url",
  "language",
  "timeZone",
  "sendsLogLines",
  "isEnabled",
] as const;
export type ChannelField = (typeof CHANNEL_FIELDS)[number];

export const CHANNEL_SECRETS = ["password", "token", "proxyPassword", "secret"] as const;
export type ChannelSecret = (typeof CHANNEL_SECRETS)[number];

export type RecordedValue = string | number | boolean | null;

interface Change {
  before: RecordedValue;
  after: RecordedValue;
}

/** `code`, and what the system or the POS server said. */
interface Failure {
  code: string;
  detail: string;
}

type NoValues = Record<string, never>;

const MAX_TEXT_LENGTH = 1_000;

/** Equal details give equal texts; long texts within are cut. */
export function writeDetail(detail: AuditDetail): string {
  return JSON.stringify(detail, (_name, value: unknown) =>
    typeof value === "string" ? cutText(value) : value,
  );
}

export function readDetail(json: string): AuditDetail {
  return JSON.parse(json);
}

export function cutText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH);
}

type Changes = Partial<Record<RegistryField, [before: RecordedValue, after: RecordedValue]>>;

/** Empty = nothing has changed. */
export function describeChanges(changes: Changes): AuditDetailPart[] {
  return REGISTRY_FIELDS.flatMap((field) => {
    const [before, after] = changes[field] ?? [null, null];
    return before === after ? [] : { key: "registryChange", values: { field, before, after } };
  });
}
