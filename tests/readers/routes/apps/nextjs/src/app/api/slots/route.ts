import { NextResponse } from "next/server";
import { z } from "zod";
import { currentUser } from "@/lib/auth";
import { db } from "@/lib/db";

const NewSlot = z.object({ roomId: z.string().uuid(), startsAt: z.string().datetime(), hours: z.number().int().min(1).max(8) });

export async function GET() {
  const user = await currentUser();
  if (!user) return NextResponse.json({ error: "Please sign in" }, { status: 401 });
  const slots = await db.slot.findMany({ where: { memberId: user.id }, orderBy: { startsAt: "asc" }, take: 100 });
  return NextResponse.json(slots);
}

export async function POST(request: Request) {
  const user = await currentUser();
  if (!user) return NextResponse.json({ error: "Please sign in" }, { status: 401 });
  const parsed = NewSlot.safeParse(await request.json());
  if (!parsed.success) return NextResponse.json({ error: "That slot is not valid" }, { status: 400 });
  const slot = await db.slot.create({ data: { ...parsed.data, memberId: user.id } });
  return NextResponse.json(slot, { status: 201 });
}
