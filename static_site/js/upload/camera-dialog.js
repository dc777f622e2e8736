/** The dialog with the computer's camera; loaded when it is opened. */

import { find } from '../shared/dom.js';
import { texts } from '../shared/texts.js';

const JPEG_QUALITY = 0.92;

/**
 * @param {HTMLDialogElement} dialog
 * @param {(file: File) => void} onPhoto
 */
export function openCamera(dialog, onPhoto) {
  const video = find(dialog, 'video', HTMLVideoElement);
  const shutter = find(dialog, '.shutter', HTMLButtonElement);
  const note = find(dialog, '.note', HTMLElement);
  const closed = new AbortController();
  dialog.addEventListener('close', () => closed.abort(), { once: true });
  shutter.disabled = true;
  shutter.onclick = async () => {
    const file = await capture(closed.signal, video);
    dialog.close();
    if (file) onPhoto(file);
  };
  note.textContent = texts.camera.starting;
  dialog.showModal();
  startStream(closed.signal, video).then(
    () => {
      if (closed.signal.aborted) return;
      shutter.disabled = false;
      shutter.focus();
      note.textContent = texts.camera.ready;
    },
    (error) => {
      if (!closed.signal.aborted) note.textContent = hintFor(error);
    },
  );
}

/** @param {DOMException} error of getUserMedia */
function hintFor({ name, message }) {
  const { blocked, absent, busy, failed } = texts.camera;
  /** @type {Record<string, string>} */
  const hints = { NotAllowedError: blocked, NotFoundError: absent, NotReadableError: busy };
  return hints[name] ?? failed(message);
}

/**
 * @param {AbortSignal} signal ends the stream
 * @param {HTMLVideoElement} video
 */
async function startStream(signal, video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 } } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) {
    stop();
    return;
  }
  signal.addEventListener('abort', stop, { once: true });
  video.srcObject = stream;
  await video.play();
}

/**
 * The frame as the camera sees it, not mirrored as in the preview: left and right stay the person's own.
 *
 * @param {AbortSignal} signal
 * @param {HTMLVideoElement} video
 * @returns {Promise<File | null>} null when the dialog was closed meanwhile, or there is no frame
 */
async function capture(signal, video) {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
  return blob && !signal.aborted ? new File([blob], 'camera.jpg', { type: 'image/jpeg' }) : null;
}
