import type { FastifyPluginAsync } from "fastify";
import { sql } from "../db.js";

const createSchema = {
  body: {
    type: "object",
    required: ["printId", "copies"],
    properties: { printId: { type: "string", format: "uuid" }, copies: { type: "integer", minimum: 1, maximum: 50 } },
  },
};

const orders: FastifyPluginAsync = async (app) => {
  app.addHook("preHandler", app.authenticate);

  app.get("/", async (request) => sql`select id, status from orders where buyer_id = ${request.user.sub} limit 50`);

  app.post<{ Body: { printId: string; copies: number } }>("/", { schema: createSchema }, async (request, reply) => {
    const { printId, copies } = request.body;
    const [order] = await sql`
      insert into orders (buyer_id, print_id, copies, total_cents)
      select ${request.user.sub}, id, ${copies}, price_cents * ${copies} from prints where id = ${printId}
      returning id`;
    return reply.code(201).send(order);
  });

  app.route<{ Params: { id: string } }>({
    method: ["PUT", "PATCH"],
    url: "/:id/address",
    handler: async (request) => {
      const { street, city } = request.body as { street: string; city: string };
      await sql`update orders set street = ${street}, city = ${city} where id = ${request.params.id}`;
      return { ok: true };
    },
  });

  app.delete<{ Params: { id: string } }>("/:id", async (request, reply) => {
    const [order] = await sql`select buyer_id from orders where id = ${request.params.id}`;
    if (!order || order.buyer_id !== request.user.sub) return reply.code(403).send({ error: "Not your order" });
    await sql`delete from orders where id = ${request.params.id}`;
    return reply.code(204).send();
  });
};

export default orders;
