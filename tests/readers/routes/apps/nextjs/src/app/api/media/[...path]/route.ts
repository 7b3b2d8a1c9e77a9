import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NextResponse } from "next/server";

export async function GET(_request: Request, { params }: { params: { path: string[] } }) {
  const file = await readFile(join("/var/tidewell/photos", ...params.path));
  return new NextResponse(file, { headers: { "Content-Type": "image/jpeg" } });
}
