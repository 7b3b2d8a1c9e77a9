import type { D1Database } from "@cloudflare/workers-types";

export type Bindings = { DB: D1Database; JWT_SECRET: string; HOOK_SECRET?: string };
export type Variables = { jwtPayload: { sub: string; role: string }; teacherId: string };
