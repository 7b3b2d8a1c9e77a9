import type { NextApiRequest, NextApiResponse } from "next";
import { db } from "@/lib/db";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== "POST") {
    res.setHeader("Allow", "POST");
    return res.status(405).end();
  }
  const { email } = req.body;
  await db.newsletterSignup.upsert({ where: { email }, update: {}, create: { email } });
  return res.status(201).json({ ok: true });
}
