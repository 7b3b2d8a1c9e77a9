import * as React from "react";
import { cn } from "@/lib/utils";

type Div = React.HTMLAttributes<HTMLDivElement>;

export const Card = ({ className, ...props }: Div) => (
  <div className={cn("rounded-lg border border-border bg-white shadow-sm", className)} {...props} />
);

export const CardHeader = ({ className, ...props }: Div) => (
  <div className={cn("flex flex-col gap-1 p-6 pb-2", className)} {...props} />
);

export const CardTitle = ({ className, ...props }: Div) => (
  <h3 className={cn("text-lg font-semibold leading-none", className)} {...props} />
);

export const CardContent = ({ className, ...props }: Div) => <div className={cn("p-6 pt-2", className)} {...props} />;
