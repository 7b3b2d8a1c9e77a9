import { Card, CardContent } from "@/components/ui/card";

interface Props {
  caption: string;
  onUse: (caption: string) => void;
}

export function CaptionPreview({ caption, onUse }: Props) {
  return (
    <Card className="cursor-pointer" onClick={() => onUse(caption)}>
      <CardContent className="pt-6">
        <div className="prose" dangerouslySetInnerHTML={{ __html: caption }} />
      </CardContent>
    </Card>
  );
}
