/** The page's texts in English. The other languages have the same keys. */

import { errors } from './en-errors.js';
import { result } from './en-result.js';
import { numbersWith } from './numbers.js';

const { number, plural } = numbersWith(',');

export const en = {
  code: 'en',
  page: {
    title: 'BRAIN: who does this face look like, and why?',
    description:
      'Choose a photo of a face. BRAIN names the closest match among the people it knows, shows what the match depends on, and explains it in tested sentences.',
    home: 'BRAIN, home page',
    another: 'Try another photo',
    titled: (/** @type {string} */ title) => `${title} · BRAIN`,
  },
  start: {
    title: 'Who does this face look like?',
    why: 'And why?',
    lead: (/** @type {number | null} */ total) =>
      `Choose a photo. BRAIN names the closest match among the ${total ? `${number(total)} ` : ''}people it knows, shows what the match depends on, and explains it in a few tested sentences.`,
    choose: 'Choose a photo',
    otherWays: 'or drop it anywhere, or paste it',
    formats: 'Any photo that your browser can show',
    uploaded: 'What is uploaded?',
    scaled: 'Photos are scaled down on this device to 2,560 pixels, which is all the recognition uses. Location, time and camera details are removed before the upload.',
    original: 'Upload the original file (JPEG, PNG or WebP, up to 20\u00a0MB)',
    openCamera: 'Use the camera',
    takePhoto: 'Take a photo',
    offline: 'You are offline. Results kept on this device can still be opened.',
    drop: 'Drop the photo to explain it',
    samples: 'No photo at hand? Try one of these.',
    credit: (/** @type {string} */ name, /** @type {string} */ credit) => `Sample photo: ${name}. ${credit}.`,
    firstOfSeveral: 'One photo at a time: only the first one is used.',
  },
  camera: {
    title: 'Use the camera',
    shoot: 'Take the photo',
    close: 'Close',
    starting: 'Starting the camera …',
    ready: 'Look straight into the camera, with light on your face.',
    blocked: 'The camera is blocked. Allow it in the address bar of your browser, then open this again.',
    absent: 'No camera found. Connect one, or choose a photo instead.',
    busy: 'Another program is using the camera. Close it, then open this again.',
    failed: (/** @type {string} */ detail) => `The camera cannot be used: ${detail}`,
  },
  progress: {
    photo: 'Your photo',
    steps: { sending: 'Upload the photo', waiting: 'Wait in the queue', processing: 'Recognise the face' },
    titles: {
      opening: 'Loading the result',
      preparing: 'Preparing your photo',
      sending: 'Uploading your photo',
      waiting: 'In the queue',
      processing: 'Recognising the face',
      comparing: 'Comparing the photos',
    },
    sent: 'Uploaded',
    waited: (/** @type {number} */ seconds) => `${seconds} s so far`,
    amount: (/** @type {string} */ share, /** @type {string} */ size) => `${share} of ${size}`,
    part: (/** @type {1 | 2} */ part) => `Photo ${part} of 2`,
    slow: 'This is taking longer than usual. After a quiet period, the first photo has to wait for the service to start. You can leave this page open or come back to its address later.',
    again: 'The upload broke off. The photo is being sent again.',
    cancel: 'Cancel',
  },
  failure: {
    retry: 'Try again',
    another: 'Choose another photo',
    code: (/** @type {number} */ code) => `Error ${code}`,
  },
  ...result,
  people: {
    title: 'People BRAIN knows',
    sources: 'Whom to list',
    everyone: 'Everyone',
    own: 'Enrolled here',
    embedded: 'Built in',
    ownPerson: 'One of the people enrolled here',
    enrolled: (/** @type {string} */ person) => `Enrolled: ${person}`,
    outcomes: {
      enrolled: (/** @type {number} */ photos) => `This photo helps to recognise the person, with ${plural(photos, 'photo', 'photos')} in all.`,
      'unlike-others': (/** @type {number} */ photos) =>
        `This face is unlike the person’s other photos (${plural(photos, 'photo', 'photos')} in all), so it counts for little. Check that it shows the right person.`,
    },
    failed: 'The list could not be loaded. Close it and open it again in a moment.',
    find: 'Find a name',
    none: (/** @type {string} */ query, /** @type {number} */ total) => `Nobody called “${query}” among the ${number(total)}.`,
    matches: (/** @type {number} */ count) => plural(count, 'match', 'matches'),
    people: (/** @type {number} */ count) => plural(count, 'person', 'people'),
    first: (/** @type {string} */ known, /** @type {number} */ shown) => `${known}; the first ${shown} are shown.`,
    all: (/** @type {string} */ known) => `${known}.`,
  },
  device: {
    title: 'Your results on this device',
    clear: 'Clear the list',
    keep: 'Keep results on this device',
    copy: 'There is no connection. This is the copy that is kept on this device.',
  },
  footer: {
    how: 'How it works, and where it fails',
    language: 'Language',
    retention: 'Your photo is deleted after a day, the result after 30 days.',
    key: 'Anyone who has the link can view and delete the result; nobody else can.',
    purpose: 'For research and learning. BRAIN names the closest match among the people it knows; it does not identify anyone.',
  },
  units: {
    bytes: (/** @type {number} */ count) => plural(count, 'byte', 'bytes'),
    decimal: '.',
  },
  ...errors,
};
