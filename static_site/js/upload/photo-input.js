/** The ways a photo comes in: chosen, dropped anywhere, pasted, taken with the phone's camera. */

/**
 * @param {object} parts
 * @param {HTMLInputElement[]} parts.inputs file inputs
 * @param {HTMLElement} parts.veil shown while a file is dragged over the page
 * @param {(file: File) => void} parts.onPhoto
 * @param {(text: string) => void} parts.say
 */
export function listenForPhotos({ inputs, veil, onPhoto, say }) {
  /** @param {FileList | undefined | null} files */
  const take = (files) => {
    if (!files?.length) return;
    if (files.length > 1) say('One photo at a time: this is the first of them.');
    onPhoto(files[0]);
  };
  for (const input of inputs) {
    input.addEventListener('change', () => {
      take(input.files);
      // Choosing the same file again has to count as a choice.
      input.value = '';
    });
  }
  document.addEventListener('paste', (event) => take(event.clipboardData?.files));
  listenForDrops(veil, take);
}

/**
 * @param {HTMLElement} veil
 * @param {(files: FileList | undefined) => void} take
 */
function listenForDrops(veil, take) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    veil.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer?.files);
  });
}
