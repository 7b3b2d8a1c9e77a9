import { createHmac, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { sql } from "../db.js";

export default async function printerHook(app: FastifyInstance) {
  app.post("/hooks/printer", { config: { rawBody: true } }, async (request, reply) => {
    const sent = Buffer.from(String(request.headers["x-printer-signature"] ?? ""), "hex");
    const made = createHmac("sha256", process.env.PRINTER_SECRET!).update(request.rawBody!).digest();
    if (sent.length !== made.length || !timingSafeEqual(sent, made)) {
      return reply.code(401).send({ error: "Bad signature" });
    }
    const { orderId, status } = request.body as { orderId: string; status: string };
    await sql`update orders set status = ${status} where id = ${orderId}`;
    return { ok: true };
  });
}
