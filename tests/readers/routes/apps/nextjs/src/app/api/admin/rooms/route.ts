import { NextResponse } from "next/server";
import { db } from "@/lib/db";

export async function POST(request: Request) {
  const body = await request.json();
  const room = await db.room.create({ data: { name: body.name, city: body.city, hourlyCents: body.hourlyCents } });
  return NextResponse.json(room, { status: 201 });
}
