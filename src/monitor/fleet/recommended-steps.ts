export const RECOMMENDED_STEPS = [
  "reset_database",
  "start_service",
  "restart_service",
  "get_logs",
  "teach_log",
  "check_connection",
  "reconnect",
  "correct_crm_id",
  /** It reports the CrmId of another registered organization. */
  "move_pos_server",
  /** The trouble is not at the POS server. */
  "wait",
  /** Its agent cannot do it. */
  "restart_on_site",
  "allow_address",
  "release_database",
  "allow_database",
  "restart_database",
  "free_disk",
  "set_clock",
  "find_logs",
  "mend_network",
  "update",
] as const;
export type RecommendedStep = (typeof RECOMMENDED_STEPS)[number];

/** What has to be done at the computer itself. */
const ON_SITE: readonly RecommendedStep[] = RECOMMENDED_STEPS.slice(RECOMMENDED_STEPS.indexOf("wait"));

const OF_ADMINISTRATORS: readonly RecommendedStep[] = [
  "reconnect",
  "correct_crm_id",
  "move_pos_server",
  "teach_log",
];

export function isOfAdministrators(step: RecommendedStep): boolean {
  return OF_ADMINISTRATORS.includes(step);
}

/** After these its service has to be restarted, which may be done from afar. */
const BEFORE_RESTART: readonly RecommendedStep[] = [
  "allow_address",
  "release_database",
  "allow_database",
  "restart_database",
];

export function endsWithRestart(step: RecommendedStep): boolean {
  return BEFORE_RESTART.includes(step);
}

export function isOnSite(step: RecommendedStep): boolean {
  return ON_SITE.includes(step);
}
