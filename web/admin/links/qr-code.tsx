import { Button, Group, Image, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Pixels of the picture's side: enough for a poster. */
const pngSize = 1024;

/** A QR code to see and to take along. `name` is what the files are called. */
export function QrCode({ svg, name }: { readonly svg: string; readonly name: string }) {
  const { t } = useTranslation();
  const source = `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
  return (
    <Stack gap="xs" align="center" w={160}>
      <Image src={source} alt={t("entryLinks.qr")} w={150} h={150} bg="white" p={4} radius="sm" />
      <Group gap={4}>
        <Button
          size="compact-xs"
          variant="default"
          component="a"
          href={source}
          download={`${name}.svg`}
          aria-label={`${t("entryLinks.download")} SVG`}
        >
          SVG
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`${t("entryLinks.download")} PNG`}
          onClick={() => void savePng(source, `${name}.png`)}
        >
          PNG
        </Button>
      </Group>
    </Stack>
  );
}

async function savePng(source: string, name: string): Promise<void> {
  const image = new window.Image(pngSize, pngSize);
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = pngSize;
  canvas.height = pngSize;
  canvas.getContext("2d")?.drawImage(image, 0, 0, pngSize, pngSize);
  const link = document.createElement("a");
  link.href = canvas.toDataURL("image/png");
  link.download = name;
  link.click();
}
