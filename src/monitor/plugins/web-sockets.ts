import websocket from "@fastify/websocket";
import fp from "fastify-plugin";
import { MAX_MESSAGE_BYTES, SUBPROTOCOL } from "../../protocol/dial-out.ts";

/** WebSockets, which agents alone use; at other addresses they are ended. */
export default fp(
  async (app) => {
    await app.register(websocket, {
      options: {
        maxPayload: MAX_MESSAGE_BYTES,
        perMessageDeflate: false,
        clientTracking: false,
        handleProtocols: (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
      },
      errorHandler: (_error, socket) => socket.terminate(),
    });
  },
  { name: "web-sockets" },
);
