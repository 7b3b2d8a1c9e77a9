"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { currentUser } from "@/lib/auth";
import { db } from "@/lib/db";

export async function cancelBooking(bookingId: string) {
  const user = await currentUser();
  if (!user) redirect("/login");
  await db.booking.update({ where: { id: bookingId, memberId: user.id }, data: { status: "cancelled" } });
  revalidatePath("/bookings");
}

export async function setHourlyRate(formData: FormData) {
  const roomId = formData.get("roomId") as string;
  const cents = Number(formData.get("cents"));
  await db.room.update({ where: { id: roomId }, data: { hourlyCents: cents } });
  revalidatePath("/bookings");
}
