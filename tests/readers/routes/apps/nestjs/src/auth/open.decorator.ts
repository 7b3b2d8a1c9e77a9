import { SetMetadata } from "@nestjs/common";

export const OPEN = "open";
export const Public = () => SetMetadata(OPEN, true);
