import { Link } from "react-router-dom";
import { Layout } from "@/components/dashboard/Layout";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table } from "@/components/ui/table";
import { useDeletePost, usePosts, usePublishPost } from "@/hooks/usePosts";
import { ago, money } from "@/lib/format";

export default function Posts() {
  const { data: posts = [] } = usePosts();
  const publish = usePublishPost();
  const remove = useDeletePost();

  return (
    <Layout
      title="Posts"
      action={
        <Button asChild>
          <Link to="/posts/new">New post</Link>
        </Button>
      }
    >
      <Table>
        <thead>
          <Row>
            <Head>Title</Head>
            <Head>For</Head>
            <Head>Price</Head>
            <Head>Written</Head>
            <Head />
          </Row>
        </thead>
        <tbody>
          {posts.map((post) => (
            <Row key={post.id}>
              <Cell>{post.title}</Cell>
              <Cell>
                <Badge>{post.visibility}</Badge>
              </Cell>
              <Cell>{post.price_cents ? money(post.price_cents) : "–"}</Cell>
              <Cell>{ago(post.created_at)}</Cell>
              <Cell>
                {post.status !== "published" && (
                  <Button size="sm" variant="outline" onClick={() => publish.mutate(post.id)}>
                    Publish
                  </Button>
                )}
                <Button size="sm" variant="ghost" onClick={() => remove.mutate(post.id)}>
                  Delete
                </Button>
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Layout>
  );
}
