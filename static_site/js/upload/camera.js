/** Taking a photo: the phone's own camera app, or a dialog with the computer's camera. */

/**
 * Offer whichever way of taking a photo this device has.
 *
 * @param {object} parts
 * @param {HTMLElement} parts.phone label of the capturing file input
 * @param {HTMLButtonElement} parts.button opens the dialog
 * @param {HTMLDialogElement} parts.dialog
 * @param {(file: File) => void} parts.onPhoto
 * @param {() => void} parts.onLost what it takes could not be loaded
 */
export function offerCamera({ phone, button, dialog, onPhoto, onLost }) {
  const touch = matchMedia('(pointer: coarse)').matches;
  phone.hidden = !touch;
  button.hidden = touch || !navigator.mediaDevices?.getUserMedia;
  button.addEventListener('click', () => {
    import('./camera-dialog.js').then(({ openCamera }) => openCamera(dialog, onPhoto), onLost);
  });
}
