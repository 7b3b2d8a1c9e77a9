import type { FastifyInstance } from "fastify";
import { sql } from "../db.js";

export default async function admin(app: FastifyInstance) {
  app.get("/prints", { preHandler: [app.authenticate, app.adminOnly] }, async () => {
    return sql`select id, title, artist_id, hidden from prints order by id desc limit 100`;
  });

  app.post<{ Params: { id: string } }>("/prints/:id/hide", { preHandler: app.authenticate }, async (request) => {
    await sql`update prints set hidden = true where id = ${request.params.id}`;
    return { ok: true };
  });
}
