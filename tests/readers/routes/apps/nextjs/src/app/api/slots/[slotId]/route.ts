import { NextResponse } from "next/server";
import { withUser } from "@/lib/auth";
import { db } from "@/lib/db";

export const PATCH = withUser(async (request, { params, userId }) => {
  const { note } = await request.json();
  const slot = await db.slot.findUnique({ where: { id: params.slotId } });
  if (!slot) return NextResponse.json({ error: "No such slot" }, { status: 404 });
  if (slot.memberId !== userId) return NextResponse.json({ error: "Not your slot" }, { status: 403 });
  return NextResponse.json(await db.slot.update({ where: { id: slot.id }, data: { note } }));
});

export const DELETE = withUser(async (_request, { params }) => {
  await db.slot.delete({ where: { id: params.slotId } });
  return new NextResponse(null, { status: 204 });
});
