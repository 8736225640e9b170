/** Where browsers are reached: Chrome and those made from it, Firefox, Edge, Safari. With a dot at the beginning: whatever stands before it. */
const PUSH_SERVICES = [
  "fcm.googleapis.com",
  ".push.services.mozilla.com",
  ".notify.windows.com",
  ".push.apple.com",
];

/** Whether an address is one of a push service: nothing else is called with what a browser said. */
export type IsPushService = (endpoint: URL) => boolean;

export const isPushService: IsPushService = ({ protocol, hostname, port, username, password }) => {
  if (protocol !== "https:" || port !== "" || username !== "" || password !== "") return false;
  return PUSH_SERVICES.some((service) =>
    service.startsWith(".") ? hostname.endsWith(service) : hostname === service,
  );
};
