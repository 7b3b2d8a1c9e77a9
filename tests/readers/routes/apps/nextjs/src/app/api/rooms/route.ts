import { NextResponse, type NextRequest } from "next/server";
import { db } from "@/lib/db";

export async function GET(request: NextRequest) {
  const city = request.nextUrl.searchParams.get("city");
  const rooms = await db.room.findMany({
    where: { published: true, city: city ?? undefined },
    select: { id: true, name: true, city: true, hourlyCents: true },
    take: 60,
  });
  return NextResponse.json(rooms);
}
