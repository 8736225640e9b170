export const CHANNELS_URL = "/channels";
export const ACCOUNTS_URL = `${CHANNELS_URL}/messenger-accounts`;

/** The page of a channel. */
export function channelUrl(id: number): string {
  return `${CHANNELS_URL}/${id}`;
}

/** The page of a rule of a channel. */
export function ruleUrl(channelId: number, ruleId: number): string {
  return `${channelUrl(channelId)}/rules/${ruleId}`;
}
