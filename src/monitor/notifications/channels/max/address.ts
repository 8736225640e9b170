const USER = "user:";

/** To whom, as the Bot API is asked for it. @param chatId as `MaxTarget` has it. */
export function addressOf(chatId: string): { user_id: string } | { chat_id: string } {
  return chatId.startsWith(USER) ? { user_id: chatId.slice(USER.length) } : { chat_id: chatId };
}

/** A person as the target of a channel has them. */
export function chatIdOfUser(userId: number): string {
  return `${USER}${userId}`;
}
