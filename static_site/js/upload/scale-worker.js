/**
 * Scales a photo in a worker. Input: the file. Output: a JPEG without metadata, or null where the browser cannot
 * decode the file.
 */

/** Long side that the explainer uses, pixels. */
const LONG_SIDE = 2560;
const QUALITY = 0.92;

/** @param {Blob} file */
async function scale(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const factor = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * factor), Math.round(bitmap.height * factor));
  const context = canvas.getContext('2d');
  if (!context) return null;
  // JPEG has no transparency.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

addEventListener('message', ({ data }) => {
  scale(data).then(
    (scaled) => postMessage(scaled),
    () => postMessage(null),
  );
});
