import Fastify from "fastify";
import multipart from "@fastify/multipart";
import authPlugin from "./plugins/auth.js";
import { galleryRoutes } from "./routes/gallery.js";
import orderRoutes from "./routes/orders.js";
import adminRoutes from "./routes/admin.js";
import printerHook from "./routes/printer-hook.js";

const app = Fastify({ logger: true });

await app.register(authPlugin);
await app.register(multipart, { limits: { fileSize: 20_000_000 } });

app.get("/healthz", async () => ({ status: "ok" }));

await app.register(
  async (v1) => {
    await v1.register(galleryRoutes, { prefix: "/gallery" });
    await v1.register(orderRoutes, { prefix: "/orders" });
    await v1.register(adminRoutes, { prefix: "/admin" });
  },
  { prefix: "/v1" },
);
await app.register(printerHook);

await app.listen({ port: Number(process.env.PORT ?? 3000), host: "0.0.0.0" });
