import type { Onlooker } from "./arrivals/page-model.ts";

/** Valid only in the demo's simulated Telegram. */
export const BOT_TOKEN = "7000000001:AAE-made-up-for-the-demo-of-Poswatch";
export const DUTY_GROUP = { id: -1_002_345_678_901, title: "Дежурные администраторы" };

/** By login. */
export const TELEGRAM_USERS = {
  admin: { id: 310_450_117, firstName: "Анна", lastName: "Иванова", username: "anna_ivanova" },
  manager: { id: 422_906_540, firstName: "Пётр", lastName: "Смирнов", username: "smirnov_petr" },
};
const STRANGER = { id: 598_220_731, firstName: "Олег", lastName: "Никитин" };

/** Who can press buttons on the page of arrivals; Poswatch does not know the last one. */
export const ONLOOKERS: [Onlooker, ...Onlooker[]] = [
  { key: "admin", role: "Администратор", user: TELEGRAM_USERS.admin },
  { key: "manager", role: "Менеджер", user: TELEGRAM_USERS.manager },
  { key: "stranger", role: "Посторонний", user: STRANGER },
];
