/** What to do first. */
export const RECOMMENDED_STEPS = [
  "reset_database",
  "start_service",
  "get_logs",
  /** Its agent does not know what an exchange looks like in the log. */
  "teach_log",
  "check_connection",
  "reconnect",
  "correct_crm_id",
  /** It tells the CrmId of another organization that is registered. */
  "move_pos_server",
  /** Two dial in as one. */
  "choose_machine",
  /** Nothing at the POS server: the trouble is elsewhere. */
  "wait",
  "restart_service",
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

/** What somebody has to do at the computer, since nothing here can. */
const ON_SITE: readonly RecommendedStep[] = RECOMMENDED_STEPS.slice(RECOMMENDED_STEPS.indexOf("wait"));

const OF_ADMINISTRATORS: readonly RecommendedStep[] = [
  "reconnect",
  "correct_crm_id",
  "move_pos_server",
  "teach_log",
  "choose_machine",
];

/** Whether users without that right cannot do it. */
export function isOfAdministrators(step: RecommendedStep): boolean {
  return OF_ADMINISTRATORS.includes(step);
}

export function isOnSite(step: RecommendedStep): boolean {
  return ON_SITE.includes(step);
}
