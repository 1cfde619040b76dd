// Makes a photo of any size small enough for a tile, on the device: cut to the shape of a tile, and packed.

const WIDTH = 720;
const HEIGHT = 480;
const QUALITY = 0.82;

/** The part of a picture that fills the frame, from its middle. Pure. */
export function coverOf(picture: { readonly width: number; readonly height: number }) {
  const scale = Math.min(picture.width / WIDTH, picture.height / HEIGHT);
  const width = WIDTH * scale;
  const height = HEIGHT * scale;
  return {
    x: (picture.width - width) / 2,
    y: (picture.height - height) / 2,
    width,
    height,
  };
}

const packed = (canvas: HTMLCanvasElement, type: string) =>
  new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, type, QUALITY);
  });

/** As base64; undefined for a file that this browser cannot read as a picture. */
export async function shrink(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const { x, y, width, height } = coverOf(picture);
  canvas.getContext("2d")?.drawImage(picture, x, y, width, height, 0, 0, WIDTH, HEIGHT);
  picture.close();
  // Where a browser cannot write WebP it would answer with a PNG, many times as large.
  const webp = await packed(canvas, "image/webp");
  const blob = webp?.type === "image/webp" ? webp : await packed(canvas, "image/jpeg");
  return blob ? base64Of(new Uint8Array(await blob.arrayBuffer())) : undefined;
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
