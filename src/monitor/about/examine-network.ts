import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { addressFromHere, isThisMachine } from "../../protocol/monitor-address.ts";
import { DAY_MS } from "../../protocol/time-units.ts";
import { portOf } from "../installation/addresses.ts";
import { readSettings } from "../installation/settings.ts";
import { OWN, readCertificate } from "../secrets/read-certificate.ts";
import { type Examined, type Finding, found } from "./finding.ts";

const RENEWED_BEFORE_MS = 21 * DAY_MS;
const CONNECTED_WITHIN_MS = 2_000;

/** Who encrypts, and until when what does that is valid. */
export function examineCertificates({ config, now }: Examined): Finding {
  const { tls, trustProxy, host } = config;
  if (tls === OWN) return found("warning", "about.certificates.own");
  if (tls === null) {
    const isOpen = !isThisMachine(host) && !trustProxy;
    return isOpen
      ? found("failed", "about.certificates.none", { host })
      : found("ok", "about.certificates.notHere");
  }
  try {
    readCertificate(tls);
  } catch {
    return found("failed", "about.certificates.unusable", { file: tls.certificateFile });
  }
  const until = new X509Certificate(readFileSync(tls.certificateFile)).validToDate.getTime();
  const status = until < now ? "failed" : until - now < RENEWED_BEFORE_MS ? "warning" : "ok";
  return {
    status,
    text: ({ t, format }) => t(`about.certificates.${status}`, { time: format.clock(until, now) }),
  };
}

/** Whether this machine reaches what the monitor listens at, and agents are told to come there. */
export async function examinePorts({ config, db }: Examined): Promise<Finding> {
  const places = [config, ...(config.agentListener ? [config.agentListener] : [])];
  const answers = await Promise.all(places.map(isReached));
  const silent = places.filter((_place, index) => !answers[index]);
  const names = (silent.length > 0 ? silent : places).map(({ host, port }) => `${host}:${port}`).join(", ");
  if (silent.length > 0) return found("failed", "about.ports.silent", { names });
  const { publicAddress: address } = await readSettings(db);
  const isElsewhere = address !== "" && !places.some(({ port }) => port === portOf(address));
  return isElsewhere && !config.trustProxy
    ? found("warning", "about.ports.another", { names, address })
    : found("ok", "about.ports.ok", { names });
}

async function isReached({ host, port }: { host: string; port: number }): Promise<boolean> {
  const socket = connect({ host: addressFromHere(host), port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECTED_WITHIN_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
