import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { NextResponse } from "next/server";

export async function POST(request: Request) {
  const form = await request.formData();
  const photo = form.get("photo") as File;
  const caption = form.get("caption");
  const name = `${randomUUID()}.jpg`;
  await writeFile(`/var/tidewell/photos/${name}`, Buffer.from(await photo.arrayBuffer()));
  return NextResponse.json({ name, caption });
}
