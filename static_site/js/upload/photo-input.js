/** The ways a photo gets into the page: chosen, dropped anywhere, pasted, taken with the phone's camera. */

import { texts } from '../shared/texts.js';

/**
 * @param {object} parts
 * @param {HTMLInputElement[]} parts.inputs file inputs
 * @param {HTMLElement} parts.dropOverlay shown while a file is dragged over the page
 * @param {(file: File) => void} parts.onPhoto
 * @param {(text: string) => void} parts.notify
 */
export function listenForPhotos({ inputs, dropOverlay, onPhoto, notify }) {
  /** @param {FileList | undefined | null} files */
  const take = (files) => {
    if (!files?.length) return;
    if (files.length > 1) notify(texts.start.firstOfSeveral);
    onPhoto(files[0]);
  };
  for (const input of inputs) listenToInput(input, take);
  document.addEventListener('paste', (event) => take(event.clipboardData?.files));
  listenForDrops(dropOverlay, take);
}

/**
 * A photo that was chosen before, while the page was still loading, is taken as well.
 *
 * @param {HTMLInputElement} input
 * @param {(files: FileList | null) => void} take
 */
export function listenToInput(input, take) {
  const takeChosen = () => {
    take(input.files);
    // Otherwise choosing the same file again would not be a change.
    input.value = '';
  };
  input.addEventListener('change', takeChosen);
  takeChosen();
}

/**
 * @param {HTMLElement} overlay
 * @param {(files: FileList | undefined) => void} take
 */
function listenForDrops(overlay, take) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    overlay.hidden = false;
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) overlay.hidden = true;
  });
  document.addEventListener('drop', (event) => {
    overlay.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer?.files);
  });
}
