import type { NextApiRequest, NextApiResponse } from "next";
import { getServerSession } from "next-auth/next";
import { authOptions } from "@/lib/auth";
import { db } from "@/lib/db";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const session = await getServerSession(req, res, authOptions);
  if (!session) return res.status(401).json({ error: "Please sign in" });
  const { id } = req.query;

  switch (req.method) {
    case "GET": {
      const member = await db.member.findUnique({ where: { id: String(id) }, select: { id: true, name: true } });
      return res.json(member);
    }
    case "PUT": {
      const member = await db.member.update({ where: { id: session.user.id }, data: { name: req.body.name } });
      return res.json({ id: member.id });
    }
    default:
      return res.status(405).end();
  }
}
