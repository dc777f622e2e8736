/** Taking a photo: the phone's own camera app, or a small dialog with the computer's camera. */

import { find } from '../shared/dom.js';

const QUALITY = 0.92;

/** @type {Record<string, string>} */
const HINTS = {
  NotAllowedError: 'The camera is blocked. Allow it in the address bar of your browser, then open this again.',
  NotFoundError: 'No camera found. Connect one, or choose a photo instead.',
  NotReadableError: 'Another program is using the camera. Close it, then open this again.',
};

/**
 * Show whichever way of taking a photo this device has.
 *
 * @param {object} parts
 * @param {HTMLElement} parts.phone label of the capturing file input
 * @param {HTMLButtonElement} parts.button opens the dialog
 * @param {HTMLDialogElement} parts.dialog
 * @param {(file: File) => void} parts.onPhoto
 */
export function offerCamera({ phone, button, dialog, onPhoto }) {
  const touch = matchMedia('(pointer: coarse)').matches;
  phone.hidden = !touch;
  button.hidden = touch || !navigator.mediaDevices?.getUserMedia;
  button.addEventListener('click', () => openCamera(dialog, onPhoto));
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {(file: File) => void} onPhoto
 */
function openCamera(dialog, onPhoto) {
  const video = find(dialog, 'video', HTMLVideoElement);
  const shutter = find(dialog, '.shutter', HTMLButtonElement);
  const note = find(dialog, '.note', HTMLElement);
  const closed = new AbortController();
  dialog.addEventListener('close', () => closed.abort(), { once: true });
  shutter.disabled = true;
  shutter.onclick = async () => {
    const file = await snap(closed.signal, video);
    dialog.close();
    if (file) onPhoto(file);
  };
  note.textContent = 'Starting the camera …';
  dialog.showModal();
  startStream(closed.signal, video).then(
    () => {
      shutter.disabled = false;
      shutter.focus();
      note.textContent = 'Look straight into the camera, with light on your face.';
    },
    (error) => {
      note.textContent = HINTS[error.name] ?? `The camera cannot be used: ${error.message}`;
    },
  );
}

/**
 * @param {AbortSignal} signal ends the stream
 * @param {HTMLVideoElement} video
 */
async function startStream(signal, video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  video.srcObject = stream;
  await video.play();
}

/**
 * The frame as the camera sees it, not as the mirror shows it: left and right stay the person's own.
 *
 * @param {AbortSignal} signal
 * @param {HTMLVideoElement} video
 * @returns {Promise<File | null>} null when the dialog was closed meanwhile, or the browser gives no frame
 */
async function snap(signal, video) {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  return blob && !signal.aborted ? new File([blob], 'camera.jpg', { type: 'image/jpeg' }) : null;
}
