import DOMPurify from "dompurify";

/** What a creator wrote in the page builder, without anything that could run. */
export function AboutBlock({ html }: { html: string }) {
  return <section className="prose" dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(html) }} />;
}
