import jwt from "@fastify/jwt";
import fp from "fastify-plugin";
import type { FastifyReply, FastifyRequest } from "fastify";

export default fp(async (app) => {
  await app.register(jwt, { secret: process.env.JWT_SECRET! });

  app.decorate("authenticate", async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      await request.jwtVerify();
    } catch {
      return reply.code(401).send({ error: "Please sign in" });
    }
  });

  app.decorate("adminOnly", async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.user.role !== "admin") return reply.code(403).send({ error: "Admins only" });
  });
});
