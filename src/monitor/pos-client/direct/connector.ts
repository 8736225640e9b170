import type { LookupAddress } from "node:dns";
import { connect, isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from "node:net";
import { TLSSocket } from "node:tls";
import { isAllowedAddress } from "../../outgoing/allowed-address.ts";
import { CallError, nameConnectError, nameTlsError, PosClientClosedError } from "../calls/call-error.ts";
import { NEXT_ADDRESS_AFTER_MS } from "../calls/limits.ts";
import type { PosServer } from "../calls/pos-server.ts";
import type { NameLookup } from "./name-lookup.ts";
import type { SecureTransport } from "./secure-transport.ts";

/** Called once, with a socket over which a secret may be sent, or with an error. */
export type ConnectCallback = (
  ...result: [error: null, socket: Socket] | [error: Error, socket: null]
) => void;

export type Connector = ReturnType<typeof createConnector>;

interface ConnectorOptions {
  connectTimeoutMs: number;
  lookupName: NameLookup;
  secureTransport: SecureTransport;
}

/** Opens connections to POS servers: address allowed, certificate verified, all within one timeout. */
export function createConnector(options: ConnectorOptions) {
  const attempts = new Set<Attempt>();

  return {
    open(target: Target, callback: ConnectCallback): void {
      const attempt = new Attempt(options, target, (...result) => {
        attempts.delete(attempt);
        callback(...result);
      });
      attempts.add(attempt);
      attempt.start();
    },
    /** Ends every attempt under way with a `PosClientClosedError`. */
    close(): void {
      for (const attempt of attempts) attempt.fail(new PosClientClosedError());
    },
  };
}

class Attempt {
  readonly #options: ConnectorOptions;
  readonly #target: Target;
  readonly #callback: ConnectCallback;
  #timer: NodeJS.Timeout | undefined;
  #socket: Socket | null = null;
  #step: "name lookup" | "connection" | "TLS handshake" = "name lookup";
  #isOver = false;

  constructor(options: ConnectorOptions, target: Target, callback: ConnectCallback) {
    this.#options = options;
    this.#target = target;
    this.#callback = callback;
  }

  start(): void {
    this.#timer = setTimeout(() => this.#timeOut(), this.#options.connectTimeoutMs);
    const { hostname, isLiteralAddress } = this.#target;
    if (isLiteralAddress) {
      this.#connect([{ address: hostname, family: 0 }]);
      return;
    }
    this.#options.lookupName(hostname).then(
      (addresses) => this.#connect(addresses),
      (error: Error) => this.fail(new CallError("dns", error.message)),
    );
  }

  #connect(found: LookupAddress[]): void {
    if (this.#isOver) return;
    const addresses = found.filter(({ address }) => isAllowedAddress(address));
    if (addresses.length === 0) {
      const named = found.map(({ address }) => address).join(", ");
      // Not at once: undici does not expect its connector to call back before it returns.
      queueMicrotask(() => this.fail(new CallError("connect_refused", `address ${named} is not allowed`)));
      return;
    }
    this.#step = "connection";
    const where = addressOptions(this.#target, addresses);
    const socket = this.#target.isTls
      ? this.#options.secureTransport.connect(this.#target, where)
      : connect(where);
    this.#socket = socket;
    socket.on("error", this.#onError);
    socket.once("connect", this.#onConnect);
  }

  readonly #onConnect = (): void => {
    if (!(this.#socket instanceof TLSSocket)) {
      this.#succeed();
      return;
    }
    this.#step = "TLS handshake";
    this.#socket.once("secureConnect", this.#onSecureConnect);
  };

  readonly #onSecureConnect = (): void => {
    if (!(this.#socket instanceof TLSSocket)) return;
    const refusal = this.#options.secureTransport.verify(this.#target, this.#socket);
    if (refusal) this.fail(refusal);
    else this.#succeed();
  };

  readonly #onError = (error: Error): void => {
    if (this.#step !== "TLS handshake") {
      this.fail(nameConnectError(error));
      return;
    }
    this.#options.secureTransport.forget(this.#target.id);
    this.fail(nameTlsError(error));
  };

  #succeed(): void {
    const socket = this.#socket;
    if (this.#isOver || !socket) return;
    this.#end();
    socket.off("error", this.#onError);
    this.#callback(null, socket);
  }

  #timeOut(): void {
    const detail = `${this.#step} took longer than ${this.#options.connectTimeoutMs} ms`;
    this.fail(new CallError(this.#step === "name lookup" ? "dns" : "connect_timeout", detail));
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#end();
    this.#socket?.destroy(); // its error listener stays, and later errors are ignored
    this.#callback(error, null);
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

/** Connects to a single address directly, which is cheapest; several are tried one after another, overlapping. */
function addressOptions(target: Target, addresses: LookupAddress[]): TcpNetConnectOpts {
  const { port, hostname } = target;
  const common = { port, noDelay: true, keepAlive: true };
  const [only, second] = addresses;
  if (only && !second) return { ...common, host: only.address };
  const lookup: LookupFunction = (_hostname, _options, callback) => callback(null, addresses);
  return {
    ...common,
    host: hostname,
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
  };
}

/** The parsed address of a POS server, and its pinned certificate. */
export type Target = ReturnType<typeof readTarget>;

/** @throws CallError when the POS server has no address, or one that is neither http nor https. */
export function readTarget(posServer: PosServer) {
  const url = posServer.address ? URL.parse(posServer.address) : null;
  const isTls = url?.protocol === "https:";
  if (!url || (!isTls && url.protocol !== "http:")) {
    throw new CallError("connect_refused", "no http or https address");
  }
  const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  return {
    id: posServer.id,
    isTls,
    /** `http://host:port`, as undici names it. */
    origin: url.origin,
    /** A name or a literal IP address without brackets. */
    hostname,
    isLiteralAddress: isIP(hostname) !== 0,
    port: url.port ? Number(url.port) : isTls ? 443 : 80,
    /** Base path without a trailing slash. */
    basePath: url.pathname.replace(/\/+$/, ""),
    fingerprint: posServer.fingerprint,
  };
}
