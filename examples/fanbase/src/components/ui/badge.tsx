import * as React from "react";
import { cn } from "@/lib/utils";

export const Badge = ({ className, ...props }: React.HTMLAttributes<HTMLSpanElement>) => (
  <span className={cn("rounded-full bg-muted px-2 py-0.5 text-xs font-medium", className)} {...props} />
);
