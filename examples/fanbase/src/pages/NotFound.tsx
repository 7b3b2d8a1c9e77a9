import { Link } from "react-router-dom";

export default function NotFound() {
  return (
    <main className="p-16 text-center">
      <h1 className="text-3xl font-semibold">This page does not exist</h1>
      <Link to="/" className="mt-4 inline-block text-primary underline">
        Back to the start
      </Link>
    </main>
  );
}
