import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";
import { addressFromHere, isThisMachine } from "../../protocol/monitor-address.ts";
import { DAY_MS } from "../../protocol/time-units.ts";
import { isDataFolderLocked } from "../database/lock.ts";
import { hasPath, mayHavePath, portOf } from "../installation/addresses.ts";
import { readSettings } from "../installation/settings.ts";
import { OWN, readCertificate, type TlsSource } from "../secrets/read-certificate.ts";
import { type Examined, type Finding, found } from "./finding.ts";

const RENEWED_BEFORE_MS = 21 * DAY_MS;
const ANSWERED_WITHIN_MS = 2_000;
const HEALTHY = "ok\n";

interface ListeningPlace {
  host: string;
  port: number;
  /** null = without encryption. */
  tls: TlsSource | null;
}

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

/** Whether this monitor answers where it listens, and agents are told to come there. */
export async function examinePorts(examined: Examined): Promise<Finding> {
  const { config } = examined;
  const { tls, agentListener } = config;
  const agentTls = config.agentTls ?? tls;
  const places = [{ ...config, tls }, ...(agentListener ? [{ ...agentListener, tls: agentTls }] : [])];
  const answers = await Promise.all(places.map(askHealth));
  const namesOf = (isMeant: (answer: string | null) => boolean) =>
    places
      .filter((_place, index) => isMeant(answers[index] ?? null))
      .map(({ host, port }) => `${host}:${port}`)
      .join(", ");
  const isForeign = (answer: string | null) => answer !== null && answer !== HEALTHY;
  // What answers as Poswatch while none runs with these data is another one.
  const others = namesOf(isDataFolderLocked(config.dataDir) ? isForeign : (answer) => answer !== null);
  if (others !== "") return found("failed", "about.ports.others", { names: others });
  const silent = namesOf((answer) => answer === null);
  if (silent !== "") return found("failed", "about.ports.silent", { names: silent });
  const names = namesOf(() => true);
  const { publicAddress: address } = await readSettings(examined.db);
  if (hasPath(address) && !mayHavePath(config)) return found("failed", "about.ports.path", { address });
  const isElsewhere = address !== "" && !places.some(({ port }) => port === portOf(address));
  return isElsewhere && !config.trustProxy
    ? found("warning", "about.ports.another", { names, address })
    : found("ok", "about.ports.ok", { names });
}

/** @returns what is answered to `GET /healthz`; empty = something else than HTTP; null = nobody listens there. */
async function askHealth({ host, port, tls }: ListeningPlace): Promise<string | null> {
  let isReached = false;
  try {
    const signal = AbortSignal.timeout(ANSWERED_WITHIN_MS);
    const options = { host: addressFromHere(host), port, path: "/healthz", agent: false, signal };
    const request = tls ? https.get({ ...options, rejectUnauthorized: false }) : http.get(options);
    request.on("socket", (socket) => socket.once("connect", () => (isReached = true)));
    const [response] = await once(request, "response");
    return (await text(response)).slice(0, HEALTHY.length + 1);
  } catch {
    return isReached ? "" : null;
  }
}
