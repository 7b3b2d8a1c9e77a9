import { getServerSession, type NextAuthOptions } from "next-auth";
import GoogleProvider from "next-auth/providers/google";
import { NextResponse } from "next/server";
import { db } from "@/lib/db";

export const authOptions: NextAuthOptions = {
  providers: [
    GoogleProvider({ clientId: process.env.GOOGLE_CLIENT_ID!, clientSecret: process.env.GOOGLE_CLIENT_SECRET! }),
  ],
  callbacks: {
    async session({ session, token }) {
      const member = await db.member.findUnique({ where: { id: token.sub } });
      return { ...session, user: { id: token.sub!, role: member?.role ?? "guest" } };
    },
  },
};

export async function currentUser() {
  const session = await getServerSession(authOptions);
  return session?.user ?? null;
}

type Work = (request: Request, context: { params: Record<string, string>; userId: string }) => Promise<Response>;

export function withUser(work: Work) {
  return async (request: Request, context: { params: Record<string, string> }) => {
    const user = await currentUser();
    if (!user) return NextResponse.json({ error: "Please sign in" }, { status: 401 });
    return work(request, { ...context, userId: user.id });
  };
}

export function withManager(work: Work) {
  return withUser(async (request, context) => {
    const member = await db.member.findUnique({ where: { id: context.userId } });
    if (member?.role !== "manager") return NextResponse.json({ error: "Managers only" }, { status: 403 });
    return work(request, context);
  });
}
