import { Link } from "react-router-dom";
import { Button } from "@/components/ui/button";

export default function Index() {
  return (
    <main className="mx-auto max-w-3xl px-6 py-24 text-center">
      <h1 className="text-5xl font-bold">Your people, your work, your income.</h1>
      <p className="mt-6 text-lg text-muted-foreground">
        Post behind tiers, write to your subscribers, and be paid every week. You keep your list.
      </p>
      <div className="mt-10 flex justify-center gap-4">
        <Button asChild>
          <Link to="/auth">Start your page</Link>
        </Button>
        <Button variant="outline" asChild>
          <Link to="/discover">Find creators</Link>
        </Button>
      </div>
    </main>
  );
}
