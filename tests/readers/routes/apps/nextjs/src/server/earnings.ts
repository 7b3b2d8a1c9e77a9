import { NextResponse } from "next/server";
import { currentUser } from "@/lib/auth";
import { db } from "@/lib/db";

export async function getEarnings(request: Request) {
  const user = await currentUser();
  if (!user) return NextResponse.json({ error: "Please sign in" }, { status: 401 });
  const month = new URL(request.url).searchParams.get("month");
  const rows = await db.earning.findMany({ where: { ownerId: user.id, month: month ?? undefined }, take: 200 });
  return NextResponse.json(rows);
}
