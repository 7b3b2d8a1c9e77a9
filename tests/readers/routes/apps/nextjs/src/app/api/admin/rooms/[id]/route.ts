import { NextResponse } from "next/server";
import { withManager } from "@/lib/auth";
import { db } from "@/lib/db";

export const DELETE = withManager(async (_request, { params }) => {
  await db.room.delete({ where: { id: params.id } });
  return new NextResponse(null, { status: 204 });
});
