import { formatDistanceToNow } from "date-fns";

/** Cents stay whole numbers everywhere; they become dollars only on the screen. */
export function money(cents: number, currency = "USD"): string {
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(cents / 100);
}

export function ago(moment: string): string {
  return formatDistanceToNow(new Date(moment), { addSuffix: true });
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
