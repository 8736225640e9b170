import { type Stats, unwatchFile, watchFile } from "node:fs";
import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import fp from "fastify-plugin";
import {
  makeOwnCertificate,
  OWN,
  readCertificate,
  readMonitorPins,
  type TlsSource,
} from "./secrets/read-certificate.ts";
import { readKey } from "./secrets/secret-box.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Pins of the public keys that agents may see at the monitor's address, the present one first; empty = unknown. */
    monitorPins: readonly string[];
  }
}

const LOOKED_AT_EVERY_MS = 2_000;

/** Gives the servers the certificate of this Poswatch where they are to have it, and a new one whose file has changed. */
export default fp(
  async (app) => {
    const { config, clock } = app;
    const own = makeOwnCertificate(readKey(config.dataDir), clock());
    const pins = readMonitorPins(config.agentCertificateFiles, own.cert);
    app.decorate("monitorPins", pins);
    const watched = new Set<string>();

    app.addHook("onReady", async () => {
      keepCertificate(app.server, config.tls);
      keepCertificate(app.agentServer, config.agentTls ?? config.tls);
    });
    app.addHook("onClose", async () => {
      for (const file of watched) unwatchFile(file);
    });

    function keepCertificate(server: Server | null, source: TlsSource | null): void {
      if (!(server instanceof TlsServer) || source === null) return;
      if (source === OWN) {
        server.setSecureContext(own);
        return;
      }
      const reload = (now: Stats, before: Stats) => {
        if (now.mtimeMs === before.mtimeMs && now.size === before.size) return;
        try {
          server.setSecureContext(readCertificate(source));
          pins.splice(0, pins.length, ...readMonitorPins(config.agentCertificateFiles, own.cert));
          app.log.info({ file: source.certificateFile }, "The certificate was read anew");
        } catch (error) {
          // Between two files of a renewal they do not fit.
          app.log.error(
            { err: error },
            "The certificate was changed, and cannot be used: the one before stays",
          );
        }
      };
      for (const file of [source.certificateFile, source.keyFile]) {
        watched.add(file);
        watchFile(file, { interval: LOOKED_AT_EVERY_MS, persistent: false }, reload);
      }
    }
  },
  { name: "certificates", dependencies: ["database"] },
);
