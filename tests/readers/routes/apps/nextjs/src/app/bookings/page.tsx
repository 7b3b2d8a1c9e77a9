import { currentUser } from "@/lib/auth";
import { db } from "@/lib/db";
import { setHourlyRate } from "./actions";

export default async function BookingsPage() {
  const user = await currentUser();
  const rooms = await db.room.findMany({ where: { ownerId: user?.id }, take: 50 });

  async function renameRoom(formData: FormData) {
    "use server";
    const owner = await currentUser();
    if (!owner) throw new Error("Please sign in");
    await db.room.update({
      where: { id: formData.get("roomId") as string, ownerId: owner.id },
      data: { name: formData.get("name") as string },
    });
  }

  return (
    <main>
      {rooms.map((room) => (
        <section key={room.id}>
          <form action={renameRoom}>
            <input type="hidden" name="roomId" value={room.id} />
            <input name="name" defaultValue={room.name} />
          </form>
          <form action={setHourlyRate}>
            <input type="hidden" name="roomId" value={room.id} />
            <input name="cents" type="number" defaultValue={room.hourlyCents} />
          </form>
        </section>
      ))}
    </main>
  );
}
