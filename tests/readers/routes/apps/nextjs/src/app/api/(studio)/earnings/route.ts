import { getEarnings } from "@/server/earnings";

export const dynamic = "force-dynamic";
export const GET = getEarnings;
