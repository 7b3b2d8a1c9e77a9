import type { FastifyInstance } from "fastify";
import { sql } from "../db.js";

export async function galleryRoutes(app: FastifyInstance) {
  app.get("/", async (request) => {
    const { artist } = request.query as { artist?: string };
    return sql`select id, title, price_cents from prints where artist = ${artist ?? null} limit 40`;
  });

  app.get<{ Params: { printId: string } }>("/:printId", async (request, reply) => {
    const [print] = await sql`select id, title, price_cents from prints where id = ${request.params.printId}`;
    return print ?? reply.code(404).send({ error: "No such print" });
  });

  app.post("/", { onRequest: [app.authenticate] }, async (request, reply) => {
    const part = await request.file();
    const [print] = await sql`insert into prints (artist_id, file_name) values (${request.user.sub}, ${part!.filename}) returning id`;
    return reply.code(201).send(print);
  });
}
